-- What the scope sold of each product in some days (as rows has it), and what the whole chain sold of its category (as rows-of-chain has it). One row per product that the
-- scope or the chain sold.
SELECT product, category, own, sum(own) OVER (PARTITION BY category) AS ownCategory, sum(brought) OVER (PARTITION BY category) AS chainCategory
FROM
(
  SELECT sold.product AS product, named.category AS category, sold.own AS own, sold.brought AS brought
  FROM
  (
    SELECT days.product AS product, toFloat64(sumIf(days.revenue, days.inside = 0)) AS brought, toFloat64(sumIf(days.revenue, days.inside = 1)) AS own
    FROM
    (
      SELECT product, revenue, 0 AS inside FROM ({{chain}})
      UNION ALL
      SELECT product, revenue, 1 AS inside FROM ({{own}})
    ) AS days
    GROUP BY product
  ) AS sold
  LEFT JOIN (SELECT product, category FROM products FINAL) AS named ON named.product = sold.product
)
ORDER BY own DESC, product
