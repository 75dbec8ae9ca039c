-- How a store's sales spread over the hours of its day, over the last 14 days. One row per store: 24 sums.
SELECT store AS id, arrayMap(hour -> sum_of[hour], range(24)) AS revenue
FROM
(
  SELECT store, sumMap(map(toUInt8(toHour(sold_at)), toFloat64(revenue))) AS sum_of
  FROM sale_lines FINAL
  WHERE day >= {day:Date} - 14 AND day < {day:Date}
  GROUP BY store
)
