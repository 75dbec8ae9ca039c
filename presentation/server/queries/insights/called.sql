-- What products are called, and which are services. One row per product.
SELECT product, name, category, service FROM products FINAL
