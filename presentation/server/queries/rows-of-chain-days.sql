-- What series adds up of some products over the whole chain: days that are summed up come from chain_products, {days}, which are not, from product_days. The periods are clipped to
-- the days with lines.
{{#days}}
SELECT day, revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
FROM product_days FINAL
WHERE {{scope}} AND day IN {days:Array(Date)}
UNION ALL
{{/days}}
SELECT first AS day, revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now, first BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
FROM chain_products
WHERE {{scope}} AND span = 'day' AND (now OR before){{#days}} AND first NOT IN {days:Array(Date)}{{/days}}
  AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'day' GROUP BY first)
