-- The standing lines of some sales on some days, with what rules compare. One row per line. Reads sale_lines by its key.
SELECT store, sale, line, product, seller, customer, version
FROM sale_lines FINAL
WHERE (store, day, sale) IN {{sales}}
