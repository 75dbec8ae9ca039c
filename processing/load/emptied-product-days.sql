-- Rows of product_days whose last line was withdrawn or moved away: they become rows of nothing. Runs only for batches that correct something.
INSERT INTO product_days (day, store, product, seller, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT day, store, product, seller, 0, 0, 0, 0, 0, 0, started
FROM product_days FINAL
WHERE {{touched}} AND lines > 0
  AND (day, store, product, seller) NOT IN (SELECT day, store, product, seller FROM sale_lines FINAL WHERE {{touched}})
