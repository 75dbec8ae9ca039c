-- What the chain, each store and each seller sold of each product in the 180 days before {to}, and of all.
INSERT INTO product_reach (run, kind, id, product, sales, units, revenue, last_day, version)
WITH sold AS (SELECT * FROM product_days FINAL WHERE day >= {to:Date} - 180 AND day <= {to:Date} AND lines > 0)
SELECT {run:UInt64}, who.1, who.2, item, sum(sold.sales), toFloat64(sum(sold.units)), toFloat64(sum(sold.revenue)), max(sold.day), {run:UInt64}
FROM
(
  SELECT sales, units, revenue, day, arrayJoin([('chain', ''), ('store', toString(store)), ('seller', toString(seller))]) AS who, toString(product) AS item
  FROM sold
) AS sold
GROUP BY who, item WITH ROLLUP
HAVING who.1 != ''
