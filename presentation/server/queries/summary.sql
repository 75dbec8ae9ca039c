-- The main figures of a period and of the one it is compared with. One row.
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
FROM {{days}} AS f FINAL
WHERE {{scope}}
  AND day BETWEEN least({from:Date}, {beforeFrom:Date}) AND greatest({to:Date}, {beforeTo:Date})
