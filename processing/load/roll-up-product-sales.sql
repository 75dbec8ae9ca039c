-- In which sales of a month each product was sold. Sales are numbered within their store and day: a number takes fewer bytes than their names, and is sooner told apart.
INSERT INTO product_sales (product, store, day, number, seller, run)
SELECT DISTINCT product, store, day, number, seller, {run:UInt64}
FROM
(
  SELECT store, day, groupArray(product) AS products, groupArray(seller) AS sellers, arrayEnumerateDense(groupArray(sale)) AS numbers
  FROM sale_lines FINAL
  WHERE day BETWEEN {from:Date} AND {to:Date}
  GROUP BY store, day
)
ARRAY JOIN products AS product, sellers AS seller, numbers AS number
