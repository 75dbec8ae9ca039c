-- The categories a person may choose from: those of products with lines in reach, by name. Reads product_days and products.
SELECT DISTINCT category AS name
FROM products FINAL
WHERE category != '' AND product IN (SELECT DISTINCT product FROM product_days WHERE {{scope}})
ORDER BY name
