-- Sellers of a period by revenue or margin, each with the comparison period's revenue. One row per seller that had lines.
SELECT
  f.seller AS id, any(d.name) AS name, any(d.title) AS place,
  sumIf(f.revenue, f.day BETWEEN {from:Date} AND {to:Date}) AS revenue,
  sumIf(f.costed, f.day BETWEEN {from:Date} AND {to:Date}) AS costed,
  sumIf(f.cost, f.day BETWEEN {from:Date} AND {to:Date}) AS cost,
  sumIf(f.units, f.day BETWEEN {from:Date} AND {to:Date}) AS units,
  sumIf(f.lines, f.day BETWEEN {from:Date} AND {to:Date}) AS lines,
  sumIf(f.sales, f.day BETWEEN {from:Date} AND {to:Date}) AS sales,
  sumIf(f.revenue, f.day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeRevenue
FROM
(
  SELECT * FROM {{seller_days}} FINAL
  WHERE {{scope}} AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date})
) AS f
LEFT JOIN (SELECT seller, name, title FROM sellers FINAL) AS d ON d.seller = f.seller
GROUP BY id
HAVING lines > 0
ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
LIMIT {limit:UInt32}
