-- Sums over the chain of every product in some spans of one kind, each named by its first day.
INSERT INTO chain_products (span, first, product, revenue, costed, cost, units, lines, sales, run)
SELECT {span:String}, if({span:String} = 'month', toStartOfMonth(day), day) AS first_day, product, sum(revenue), sum(costed), sum(cost), sum(units), sum(lines), sum(sales), {run:UInt64}
FROM product_days FINAL
WHERE day BETWEEN {from:Date} AND {to:Date} AND first_day IN {firsts:Array(Date)}
GROUP BY first_day, product
