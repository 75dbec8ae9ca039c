-- What stores and products are called: an id alone says nothing, stores and products may share ids. Names of sellers are personal: they are left as ids here.
SELECT 'product' AS kind, product AS id, name FROM products FINAL WHERE product IN {ids:Array(String)} AND name != ''
UNION ALL
SELECT 'store' AS kind, store AS id, name FROM stores FINAL WHERE store IN {ids:Array(String)} AND name != ''
