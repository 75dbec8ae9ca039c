-- Figures over time for a period (now = 1) and the one it is compared with (now = 0): one row per day, week (from Monday), month or year that has lines, in order.
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
  -- The two periods may overlap: then a day counts in both.
  SELECT
    arrayJoin(arrayFilter(
      now -> if(now = 1, day BETWEEN {from:Date} AND {to:Date}, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}), [1, 0]
    )) AS now,
    day, revenue, costed, cost, units, lines, sales
  FROM {{days}} FINAL
  WHERE {{scope}} AND lines > 0 AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date})
) AS f
GROUP BY now, bucket
ORDER BY now, bucket
