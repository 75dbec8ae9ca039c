-- Sellers of some stores whose last seven days are furthest behind their four weeks before, in money a week. Up to three rows per store, the furthest first.
SELECT store, seller, before - recent AS gap
FROM
(
  SELECT
    store,
    seller,
    toFloat64(sumIf(days.revenue, days.day > {day:Date} - 7)) AS recent,
    toFloat64(sumIf(days.revenue, days.day <= {day:Date} - 7)) / 4 AS before
  FROM
  (
    SELECT day, store, seller, revenue
    FROM seller_days FINAL
    WHERE day > {day:Date} - 35 AND day <= {day:Date} AND store IN {{stores}} AND lines > 0
  ) AS days
  GROUP BY store, seller
)
WHERE gap > 0
ORDER BY gap DESC, seller
LIMIT 3 BY store
