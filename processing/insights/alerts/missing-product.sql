-- Products that some stores usually sell and did not in the last seven days, by what they usually bring in a week. Up to three rows per store.
SELECT store, product, before AS gap
FROM
(
  SELECT
    store,
    product,
    toFloat64(sumIf(days.revenue, days.day > {day:Date} - 7)) AS recent,
    toFloat64(sumIf(days.revenue, days.day <= {day:Date} - 7)) / 8 AS before,
    uniqExactIf(days.day, days.day <= {day:Date} - 7) AS often
  FROM
  (
    SELECT day, store, product, revenue
    FROM product_days FINAL
    WHERE day > {day:Date} - 63 AND day <= {day:Date} AND store IN {{stores}} AND lines > 0
  ) AS days
  GROUP BY store, product
)
WHERE recent <= 0 AND often >= 12
ORDER BY gap DESC, product
LIMIT 3 BY store
