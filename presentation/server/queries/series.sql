-- Figures over time for a period (now = 1) and the one it is compared with (now = 0): one row per day, week (from Monday), month or year that has lines, in order.
-- {months}, given when buckets are whole months, are read as sums; the other days by day.
SELECT
  now,
  toString(multiIf({grain:String} = 'day', day, {grain:String} = 'week', toMonday(day), {grain:String} = 'month', toStartOfMonth(day), toStartOfYear(day))) AS bucket,
  sum(f.revenue) AS revenue,
  sum(f.costed) AS costed,
  sum(f.cost) AS cost,
  sum(f.units) AS units,
  sum(f.lines) AS lines,
  sum(f.sales) AS sales
FROM
(
  SELECT day, sum(s.revenue) AS revenue, sum(s.costed) AS costed, sum(s.cost) AS cost, sum(s.units) AS units, sum(s.lines) AS lines, sum(s.sales) AS sales
  FROM
  (
    SELECT first AS day, revenue, costed, cost, units, lines, sales
    FROM {{months}} FINAL
    WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'month' GROUP BY first)
    UNION ALL
    SELECT day, revenue, costed, cost, units, lines, sales
    FROM {{days}} FINAL
    WHERE {{scope}} AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AND toStartOfMonth(day) NOT IN {months:Array(Date)}
  ) AS s
  GROUP BY day
  HAVING lines > 0
) AS f
-- The two periods may overlap: then a day counts in both.
ARRAY JOIN arrayFilter(now -> if(now = 1, day BETWEEN {from:Date} AND {to:Date}, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}), [1, 0]) AS now
GROUP BY now, bucket
ORDER BY now, bucket
