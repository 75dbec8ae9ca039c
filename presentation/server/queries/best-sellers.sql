-- Sellers of a period by revenue or margin, each with the comparison period's revenue. One row per seller that had lines. {months} are read as sums, the other days by
-- day; names are added to the page's rows alone.
SELECT r.*, d.name AS name, d.title AS place
FROM
(
  SELECT
    f.seller AS id,
    sumIf(f.revenue, f.day BETWEEN {from:Date} AND {to:Date}) AS revenue,
    sumIf(f.costed, f.day BETWEEN {from:Date} AND {to:Date}) AS costed,
    sumIf(f.cost, f.day BETWEEN {from:Date} AND {to:Date}) AS cost,
    sumIf(f.units, f.day BETWEEN {from:Date} AND {to:Date}) AS units,
    sumIf(f.lines, f.day BETWEEN {from:Date} AND {to:Date}) AS lines,
    sumIf(f.sales, f.day BETWEEN {from:Date} AND {to:Date}) AS sales,
    sumIf(f.revenue, f.day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeRevenue
  FROM
  (
    SELECT first AS day, seller, revenue, costed, cost, units, lines, sales
    FROM {{seller_months}} FINAL
    WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'month' GROUP BY first)
    UNION ALL
    SELECT day, seller, revenue, costed, cost, units, lines, sales
    FROM {{seller_days}} FINAL
    WHERE {{scope}} AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AND toStartOfMonth(day) NOT IN {months:Array(Date)}
  ) AS f
  GROUP BY id
  HAVING lines > 0
  ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
  LIMIT {limit:UInt32}
) AS r
LEFT JOIN (SELECT seller, name, title FROM sellers FINAL) AS d ON d.seller = r.id
ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
