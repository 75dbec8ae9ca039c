-- The main figures of a period and of the one it is compared with. One row. {months} are read as sums, the other days by day.
SELECT
  sumIf(f.revenue, now) AS revenue,
  sumIf(f.costed, now) AS costed,
  sumIf(f.cost, now) AS cost,
  sumIf(f.units, now) AS units,
  sumIf(f.lines, now) AS lines,
  sumIf(f.sales, now) AS sales,
  sumIf(f.revenue, before) AS beforeRevenue,
  sumIf(f.costed, before) AS beforeCosted,
  sumIf(f.cost, before) AS beforeCost,
  sumIf(f.units, before) AS beforeUnits,
  sumIf(f.lines, before) AS beforeLines,
  sumIf(f.sales, before) AS beforeSales
FROM
(
  {{#months}}
  SELECT revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now, first BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
  FROM {{months}}
  WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'month' GROUP BY first)
  UNION ALL
  {{/months}}
  SELECT revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
  FROM {{days}} FINAL
  WHERE {{scope}} AND (now OR before){{#months}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}{{/months}}
) AS f
