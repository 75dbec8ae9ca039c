-- The main figures of a period and of the one it is compared with. One row, of what rows has.
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
  {{rows}}
) AS f
