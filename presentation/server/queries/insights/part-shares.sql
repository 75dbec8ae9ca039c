-- What the scope sold of each product in the last 91 days, and what the whole chain sold of its category. One row per product that the scope sold.
SELECT product, category, own, sum(own) OVER (PARTITION BY category) AS ownCategory, sum(brought) OVER (PARTITION BY category) AS chainCategory
FROM
(
  SELECT days.product AS product, any(named.category) AS category, sum(days.inside) AS own, sum(days.brought) AS brought
  FROM
  (
    SELECT product, toFloat64(revenue) AS brought, if({{scope}}, toFloat64(revenue), 0) AS inside
    FROM product_days FINAL
    WHERE day > {today:Date} - 91 AND day < {today:Date} AND lines > 0
  ) AS days
  LEFT JOIN (SELECT product, category FROM products FINAL) AS named ON named.product = days.product
  GROUP BY product
)
ORDER BY own DESC, product
