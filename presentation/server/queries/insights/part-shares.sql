-- What the scope and the whole chain sold of each product in some days, as rows and rows-of-chain have it. One row per product that the scope or the chain sold.
SELECT sold.product AS product, named.category AS category, sold.own AS own, sold.chain AS chain
FROM
(
  SELECT days.product AS product, toFloat64(sumIf(days.revenue, days.inside = 1)) AS own, toFloat64(sumIf(days.revenue, days.inside = 0)) AS chain
  FROM
  (
    SELECT product, revenue, 0 AS inside FROM ({{chain}})
    UNION ALL
    SELECT product, revenue, 1 AS inside FROM ({{own}})
  ) AS days
  GROUP BY product
) AS sold
LEFT JOIN (SELECT product, category FROM products FINAL) AS named ON named.product = sold.product
ORDER BY own DESC, product
