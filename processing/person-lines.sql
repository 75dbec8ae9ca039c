-- The lines of one customer or seller. One row per line, oldest first.
SELECT store, toString(day) AS day, sale, line, toString(sold_at) AS sold_at, product, toString(quantity) AS quantity, toString(revenue) AS revenue
FROM sale_lines FINAL
WHERE if({kind:String} = 'customer', customer, seller::String) = {id:String}
ORDER BY day, store, sale, line
