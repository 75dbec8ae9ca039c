-- What each seller sold in a month, per store.
INSERT INTO seller_months (first, store, seller, revenue, costed, cost, units, lines, sales, run)
SELECT {from:Date}, store, seller, sum(revenue), sum(costed), sum(cost), sum(units), sum(lines), sum(sales), {run:UInt64}
FROM seller_days FINAL
WHERE day BETWEEN {from:Date} AND {to:Date}
GROUP BY store, seller
