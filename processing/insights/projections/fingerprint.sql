-- Changes when any day of any series does, or a product's category. One row.
SELECT toString(sum(part)) AS fingerprint
FROM
(
  SELECT sum(cityHash64(day, store, lines, revenue)) AS part FROM store_days FINAL WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0
  UNION ALL
  SELECT sum(cityHash64(day, store, product, seller, revenue)) AS part FROM product_days FINAL WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0
  UNION ALL
  SELECT sum(cityHash64(product, category)) AS part FROM products FINAL
)
