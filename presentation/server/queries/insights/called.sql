-- What some products are called. One row per product.
SELECT product, name, category FROM products FINAL WHERE product IN {products:Array(String)}
