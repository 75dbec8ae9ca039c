-- Every day of the last 150 of each subject of one kind, within the person's scope. One row per subject: its days, oldest first, each as day (since 1970), revenue, costed, cost, units, sales.
SELECT id, home, arraySort(groupArray((at, revenue, costed, cost, units, sales))) AS days
FROM
(
  SELECT toUInt16(day) AS at, {{id}} AS id, {{home}} AS home, toFloat64(sum(rows.revenue)) AS revenue, toFloat64(sum(rows.costed)) AS costed, toFloat64(sum(rows.cost)) AS cost, toFloat64(sum(rows.units)) AS units, toFloat64(sum(rows.sales)) AS sales
  FROM (SELECT * FROM {{table}} FINAL WHERE {{scope}} AND day > {today:Date} - 150 AND day < {today:Date} AND lines > 0) AS rows
  GROUP BY day, id, home
  HAVING {{having}}
  ORDER BY day, id
  LIMIT 400000
)
GROUP BY id, home
ORDER BY id, home
