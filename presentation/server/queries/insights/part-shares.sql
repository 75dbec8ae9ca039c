-- What the scope sold of each product in the last 91 days, and what the whole chain sold of its category. {held} days of the chain are read as they are summed up, the others from
-- product_days. One row per product that the scope or the chain sold.
SELECT product, category, own, sum(own) OVER (PARTITION BY category) AS ownCategory, sum(brought) OVER (PARTITION BY category) AS chainCategory
FROM
(
  SELECT sold.product AS product, named.category AS category, sold.own AS own, sold.brought AS brought
  FROM
  (
    SELECT days.product AS product, toFloat64(sumIf(days.revenue, days.inside = 0)) AS brought, toFloat64(sumIf(days.revenue, days.inside = 1)) AS own
    FROM
    (
      {{#held}}
      SELECT product, revenue, 0 AS inside FROM chain_products
      WHERE span = 'day' AND first IN {held:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'day' GROUP BY first)
      UNION ALL
      {{/held}}
      SELECT product, revenue, 0 AS inside FROM product_days FINAL
      WHERE day > {today:Date} - 91 AND day < {today:Date} AND lines > 0{{#held}} AND day NOT IN {held:Array(Date)}{{/held}}
      UNION ALL
      SELECT product, revenue, 1 AS inside FROM product_days FINAL
      WHERE {{scope}} AND day > {today:Date} - 91 AND day < {today:Date} AND lines > 0
    ) AS days
    GROUP BY product
  ) AS sold
  LEFT JOIN (SELECT product, category FROM products FINAL) AS named ON named.product = sold.product
)
ORDER BY own DESC, product
