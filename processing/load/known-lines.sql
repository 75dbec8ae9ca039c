-- The standing lines of some sales on some days. One row per line. Reads sale_lines by its key.
SELECT store, toString(day) AS day, sale, line, version
FROM sale_lines FINAL
WHERE (store, day, sale) IN {{sales}}
