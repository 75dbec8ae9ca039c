-- What each store sold in a month.
INSERT INTO store_months (first, store, revenue, costed, cost, units, lines, sales, run)
SELECT {from:Date}, store, sum(revenue), sum(costed), sum(cost), sum(units), sum(lines), sum(sales), {run:UInt64}
FROM store_days FINAL
WHERE day BETWEEN {from:Date} AND {to:Date}
GROUP BY store
