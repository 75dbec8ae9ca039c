-- What some products cost apiece, where that is known. One row per product.
SELECT product, toString(assumeNotNull(cost)) AS cost
FROM products FINAL
WHERE cost IS NOT NULL AND product IN {{products}}
