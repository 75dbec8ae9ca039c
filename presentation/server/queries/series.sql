-- Figures over time: one row per day, week (from Monday), month or year that has lines, in order.
SELECT
  toString(multiIf({grain:String} = 'day', day, {grain:String} = 'week', toMonday(day), {grain:String} = 'month', toStartOfMonth(day), toStartOfYear(day))) AS bucket,
  sum(f.revenue) AS revenue,
  sum(f.costed) AS costed,
  sum(f.cost) AS cost,
  sum(f.units) AS units,
  sum(f.lines) AS lines,
  sum(f.sales) AS sales
FROM {{days}} AS f FINAL
WHERE {{scope}} AND day BETWEEN {from:Date} AND {to:Date} AND f.lines > 0
GROUP BY bucket
ORDER BY bucket
