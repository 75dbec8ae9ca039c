-- What the chain, each store and each seller sold of each product in the 180 days before {to}. A large chain has ten million of these sums: they may go to disk, which totals made
-- beside them (WITH ROLLUP) could not.
INSERT INTO product_reach (run, kind, id, product, sales, units, revenue, last_day, version)
SELECT {run:UInt64}, who.1, who.2, item, sum(sold.sales), toFloat64(sum(sold.units)), toFloat64(sum(sold.revenue)), max(sold.day), {run:UInt64}
FROM
(
  SELECT sales, units, revenue, day, arrayJoin([('chain', ''), ('store', toString(store)), ('seller', toString(seller))]) AS who, toString(product) AS item
  FROM product_days FINAL
  WHERE day >= {to:Date} - 180 AND day <= {to:Date} AND lines > 0
) AS sold
GROUP BY who, item
