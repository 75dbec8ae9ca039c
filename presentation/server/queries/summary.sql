-- The main figures of a period and of the one it is compared with. One row. {months} are read as sums, the other days by day.
SELECT
  sumIf(f.revenue, day BETWEEN {from:Date} AND {to:Date}) AS revenue,
  sumIf(f.costed, day BETWEEN {from:Date} AND {to:Date}) AS costed,
  sumIf(f.cost, day BETWEEN {from:Date} AND {to:Date}) AS cost,
  sumIf(f.units, day BETWEEN {from:Date} AND {to:Date}) AS units,
  sumIf(f.lines, day BETWEEN {from:Date} AND {to:Date}) AS lines,
  sumIf(f.sales, day BETWEEN {from:Date} AND {to:Date}) AS sales,
  sumIf(f.revenue, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeRevenue,
  sumIf(f.costed, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeCosted,
  sumIf(f.cost, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeCost,
  sumIf(f.units, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeUnits,
  sumIf(f.lines, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeLines,
  sumIf(f.sales, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeSales
FROM
(
  SELECT first AS day, revenue, costed, cost, units, lines, sales
  FROM {{months}} FINAL
  WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'month' GROUP BY first)
  UNION ALL
  SELECT day, revenue, costed, cost, units, lines, sales
  FROM {{days}} FINAL
  WHERE {{scope}} AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AND toStartOfMonth(day) NOT IN {months:Array(Date)}
) AS f
