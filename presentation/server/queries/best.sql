-- The best (or weakest) stores, sellers or products of a period by revenue or margin, each with the comparison period's revenue. One row per {{key}} that had lines.
-- Its rows are those of rows or, for products of the whole chain, of rows-of-chain; names are added to the page's rows alone. Which period a row is in is computed
-- once: written out in every sum it takes the engine longer to plan than to answer.
SELECT r.*, d.name AS name, d.{{place}} AS place
FROM
(
  SELECT
    f.{{key}} AS id,
    sumIf(f.revenue, now) AS revenue,
    sumIf(f.costed, now) AS costed,
    sumIf(f.cost, now) AS cost,
    sumIf(f.units, now) AS units,
    sumIf(f.lines, now) AS lines,
    sumIf(f.sales, now) AS sales,
    sumIf(f.revenue, before) AS beforeRevenue
  FROM
  (
    {{rows}}
  ) AS f
  GROUP BY id
  HAVING lines > 0
  ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
  LIMIT {limit:UInt32}
) AS r
LEFT JOIN (SELECT {{key}}, name, {{place}} FROM {{key}}s FINAL) AS d ON d.{{key}} = r.id
ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
