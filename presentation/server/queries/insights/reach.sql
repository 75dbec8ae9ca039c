-- How much the chain and one store or seller sold of some products, and of all (the product ''). One row per kind and product.
SELECT kind, product, toFloat64(sales) AS sales, toString(last_day) AS lastDay
FROM product_reach
WHERE run = (SELECT max(run) FROM insight_runs WHERE name = 'cross-sell') AND (kind, id) IN (('chain', ''), ({kind:String}, {id:String})) AND product IN {products:Array(String)}
