-- Products that a store usually sells and did not in the last seven days, by what they usually bring in a week. One row per product.
SELECT product, before AS gap
FROM
(
  SELECT
    product,
    toFloat64(sumIf(days.revenue, days.day > {day:Date} - 7)) AS recent,
    toFloat64(sumIf(days.revenue, days.day <= {day:Date} - 7)) / 8 AS before,
    uniqExactIf(days.day, days.day <= {day:Date} - 7) AS often
  FROM (SELECT * FROM product_days FINAL WHERE store = {store:String} AND day > {day:Date} - 63 AND day <= {day:Date} AND lines > 0) AS days
  GROUP BY product
)
WHERE recent <= 0 AND often >= 12
ORDER BY gap DESC
LIMIT 3
