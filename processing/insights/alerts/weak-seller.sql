-- Sellers of a store whose last seven days are furthest behind their four weeks before, in money a week. One row per seller, the furthest first.
SELECT seller, before - recent AS gap
FROM
(
  SELECT
    seller,
    toFloat64(sumIf(days.revenue, days.day > {day:Date} - 7)) AS recent,
    toFloat64(sumIf(days.revenue, days.day <= {day:Date} - 7)) / 4 AS before
  FROM (SELECT * FROM seller_days FINAL WHERE store = {store:String} AND day > {day:Date} - 35 AND day <= {day:Date} AND lines > 0) AS days
  GROUP BY seller
)
WHERE gap > 0
ORDER BY gap DESC
LIMIT 3
