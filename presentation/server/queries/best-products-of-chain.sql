-- As best, products over the whole chain: {months} and {rolled} days are read as they are summed up in chain_products, {days} from product_days. Each span is in one period alone.
SELECT r.*, d.name AS name, d.subcategory AS place
FROM
(
  SELECT
    f.product AS id,
    sumIf(f.revenue, now) AS revenue,
    sumIf(f.costed, now) AS costed,
    sumIf(f.cost, now) AS cost,
    sumIf(f.units, now) AS units,
    sumIf(f.lines, now) AS lines,
    sumIf(f.sales, now) AS sales,
    sumIf(f.revenue, NOT now) AS beforeRevenue
  FROM
  (
    {{#days}}
    SELECT product, revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now
    FROM product_days FINAL
    WHERE {{scope}} AND day IN {days:Array(Date)}
    UNION ALL
    {{/days}}
    SELECT product, revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now
    FROM chain_products FINAL
    WHERE {{scope}} AND ((span = 'month' AND first IN {months:Array(Date)}) OR (span = 'day' AND first IN {rolled:Array(Date)}))
      AND (span, first, run) IN (SELECT span, first, max(run) FROM chain_rolled GROUP BY span, first)
  ) AS f
  GROUP BY id
  HAVING lines > 0
  ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
  LIMIT {limit:UInt32}
) AS r
LEFT JOIN (SELECT product, name, subcategory FROM products FINAL) AS d ON d.product = r.id
ORDER BY if({by:String} = 'margin', costed - cost, revenue) * if({order:String} = 'asc', -1, 1) DESC, id
