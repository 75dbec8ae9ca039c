-- What is usual for each subject of one kind on {day}: sums over the 28 days before it and over the same weekday of the 8 weeks before, and the month so far. One row per subject.
WITH per_day AS
(
  SELECT
    {{id}} AS id, {{store}} AS home, days.day AS on_day,
    toFloat64(sum(days.revenue)) AS revenue, toFloat64(sum(days.costed)) - toFloat64(sum(days.cost)) AS margin,
    toFloat64(sum(days.units)) AS units, toFloat64(sum(days.sales)) AS sales
  FROM {{rows}}
  WHERE days.day >= {day:Date} - 56 AND days.day < {day:Date} AND days.lines > 0
  GROUP BY id, on_day
)
SELECT
  id, argMax(home, on_day) AS store,
  toInt32(countIf(on_day >= {day:Date} - 28)) AS n28,
  sumIf(revenue, on_day >= {day:Date} - 28) AS revenue28,
  sumIf(margin, on_day >= {day:Date} - 28) AS margin28,
  sumIf(units, on_day >= {day:Date} - 28) AS units28,
  sumIf(sales, on_day >= {day:Date} - 28) AS sales28,
  if(n28 > 0, stddevPopIf(revenue, on_day >= {day:Date} - 28), 0) AS deviation28,
  toInt32(countIf(toDayOfWeek(on_day) = toDayOfWeek({day:Date}))) AS n8,
  sumIf(revenue, toDayOfWeek(on_day) = toDayOfWeek({day:Date})) AS revenue8,
  sumIf(margin, toDayOfWeek(on_day) = toDayOfWeek({day:Date})) AS margin8,
  sumIf(units, toDayOfWeek(on_day) = toDayOfWeek({day:Date})) AS units8,
  sumIf(sales, toDayOfWeek(on_day) = toDayOfWeek({day:Date})) AS sales8,
  sumIf(revenue, on_day >= toStartOfMonth({day:Date})) AS month
FROM per_day
GROUP BY id
