-- How many sales of each product the chain, one store or one seller had, and of all (the product ''). One row per product.
SELECT product, toFloat64(sales) AS sales, toString(last_day) AS lastDay
FROM product_reach
WHERE run = {run:UInt64} AND kind = {kind:String} AND id = {id:String}
