-- Sale lines of a run of days within the scope, as pay counts them. One row per line.
SELECT l.store AS store, toString(l.day) AS day, l.sale AS sale, l.line AS line, l.seller AS seller, l.product AS product, d.name AS name, d.category AS category, toString(l.revenue) AS revenue, if(l.cost_known = 1, toString(l.cost), NULL) AS cost
FROM (SELECT * FROM sale_lines FINAL WHERE {{scope}} AND day BETWEEN {from:Date} AND {to:Date}) AS l
LEFT JOIN (SELECT product, name, category FROM products FINAL) AS d ON d.product = l.product
ORDER BY l.day, l.store, l.sale, l.line
