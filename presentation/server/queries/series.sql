-- Figures over time: one row per day, week (from Monday), month or year that has lines, told apart by whether its days are in the period (now), in the one it is compared with
-- (before), or in both. {months}, given when buckets are whole months, are read as sums; the other days by day.
SELECT
  toString(toDate(dateTrunc({grain:String}, f.day))) AS bucket,
  now,
  before,
  sum(f.revenue) AS revenue,
  sum(f.costed) AS costed,
  sum(f.cost) AS cost,
  sum(f.units) AS units,
  sum(f.lines) AS lines,
  sum(f.sales) AS sales
FROM
(
  {{#months}}
  SELECT first AS day, revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now, first BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
  FROM {{months}}
  WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'month' GROUP BY first)
  UNION ALL
  {{/months}}
  SELECT day, revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
  FROM {{days}} FINAL
  WHERE {{scope}} AND (now OR before){{#months}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}{{/months}}
) AS f
GROUP BY bucket, now, before
HAVING lines > 0
ORDER BY bucket
