-- What was sold together in some days: products, services are none. One row per basket.
SELECT groupUniqArray(product) AS items
FROM sale_lines FINAL
WHERE day >= {from:Date} AND day <= {to:Date} AND quantity > 0 AND product NOT IN (SELECT product FROM products FINAL WHERE service > 0)
GROUP BY store, sale
