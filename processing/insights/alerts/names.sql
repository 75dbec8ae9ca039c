-- What stores, products and sellers are called. Names of sellers are personal: they are left as ids here.
SELECT product AS id, name FROM products FINAL WHERE product IN {ids:Array(String)} AND name != ''
UNION ALL
SELECT store AS id, name FROM stores FINAL WHERE store IN {ids:Array(String)} AND name != ''
