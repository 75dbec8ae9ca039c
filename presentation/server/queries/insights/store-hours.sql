-- What some stores sell in each hour of the day, over 28 whole days. For comparison: who may see which is decided where it is answered. One row per store: 24 sums.
SELECT store, arrayMap(hour -> sumOf[toUInt8(hour)], range(24)) AS revenue
FROM
(
  SELECT store, sumMap(map(toUInt8(toHour(sold_at)), toFloat64(revenue))) AS sumOf
  FROM sale_lines FINAL
  WHERE store IN {stores:Array(String)} AND day >= {today:Date} - 28 AND day < {today:Date}
  GROUP BY store
)
