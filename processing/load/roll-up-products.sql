-- What each seller sold of each product in a month, per store.
INSERT INTO product_months (store, seller, first, product, revenue, costed, cost, units, lines, sales, run)
SELECT store, seller, {from:Date}, product, sum(revenue), sum(costed), sum(cost), sum(units), sum(lines), sum(sales), {run:UInt64}
FROM product_days FINAL
WHERE day BETWEEN {from:Date} AND {to:Date}
GROUP BY store, seller, product
