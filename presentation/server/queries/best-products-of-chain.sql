-- As best-products, over the whole chain: months and days that are summed up come from chain_products, the others from product_days. Each span is in one period alone.
SELECT r.*, d.name AS name, d.subcategory AS place
FROM
(
  SELECT
    f.product AS id,
    sumIf(f.revenue, f.first BETWEEN {from:Date} AND {to:Date}) AS revenue,
    sumIf(f.costed, f.first BETWEEN {from:Date} AND {to:Date}) AS costed,
    sumIf(f.cost, f.first BETWEEN {from:Date} AND {to:Date}) AS cost,
    sumIf(f.units, f.first BETWEEN {from:Date} AND {to:Date}) AS units,
    sumIf(f.lines, f.first BETWEEN {from:Date} AND {to:Date}) AS lines,
    sumIf(f.sales, f.first BETWEEN {from:Date} AND {to:Date}) AS sales,
    sumIf(f.revenue, f.first BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AS beforeRevenue
  FROM
  (
    SELECT first, product, revenue, costed, cost, units, lines, sales
    FROM chain_products FINAL
    WHERE ((span = 'month' AND first IN {months:Array(Date)}) OR (span = 'day' AND first IN {rolled:Array(Date)}))
      AND (span, first, run) IN (SELECT span, first, max(run) FROM chain_rolled GROUP BY span, first)
    UNION ALL
    SELECT day AS first, product, revenue, costed, cost, units, lines, sales
    FROM product_days FINAL
    WHERE {{scope}} AND day IN {days:Array(Date)}
  ) AS f
  GROUP BY id
  HAVING lines > 0
  ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
  LIMIT {limit:UInt32}
) AS r
LEFT JOIN (SELECT product, name, subcategory FROM products FINAL) AS d ON d.product = r.id
ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
