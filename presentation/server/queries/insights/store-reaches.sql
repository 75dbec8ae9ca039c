-- How many sales of each product every store had lately, one part of the stores at a time. One row per store: products and their sales, side by side; the product '' is the sum of all.
SELECT id, groupArray(product) AS products, groupArray(toFloat64(sales)) AS sales
FROM product_reach
WHERE run = {run:UInt64} AND kind = 'store' AND cityHash64(id) % {parts:UInt32} = {part:UInt32}
GROUP BY id
