-- What sells most often in the chain lately: the next item where nothing is known of the basket. One row per product.
WITH (SELECT run FROM insight_runs FINAL WHERE name = 'cross-sell') AS current
SELECT r.product AS product, d.name AS name, d.category AS category, toFloat64(r.sales) AS sales
FROM (SELECT * FROM product_reach WHERE run = current AND kind = 'chain' AND id = '' AND product != '' AND product NOT IN {products:Array(String)} AND last_day >= {today:Date} - 60) AS r
LEFT JOIN (SELECT product, name, category, service FROM products FINAL) AS d ON d.product = r.product
WHERE d.service = 0
ORDER BY sales DESC, product
LIMIT {limit:UInt32}
