-- What each subject of one kind has sold on {day}. One row per subject.
SELECT
  {{id}} AS id, {{store}} AS store,
  toFloat64(sum(days.revenue)) AS revenue, toFloat64(sum(days.costed)) AS costed, toFloat64(sum(days.cost)) AS cost,
  toFloat64(sum(days.units)) AS units, toFloat64(sum(days.sales)) AS sales
FROM {{rows}}
WHERE days.day = {day:Date} AND days.lines > 0
GROUP BY id
