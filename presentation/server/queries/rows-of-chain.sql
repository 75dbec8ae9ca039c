-- What best ranks of products over the whole chain: {months} and {rolled} days as they are summed up in chain_products, {days} from product_days. Each span is in one period alone.
{{#days}}
SELECT product, revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now, NOT now AS before
FROM product_days FINAL
WHERE {{scope}} AND day IN {days:Array(Date)}
UNION ALL
{{/days}}
SELECT product, revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now, NOT now AS before
FROM chain_products
WHERE {{scope}} AND ((span = 'month' AND first IN {months:Array(Date)}) OR (span = 'day' AND first IN {rolled:Array(Date)}))
  AND (first, run) IN {runs:Array(Tuple(Date, UInt64))}
