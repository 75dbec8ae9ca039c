-- Rows of seller_days whose last line was withdrawn or moved away: they become rows of nothing. Runs only for batches that correct something.
INSERT INTO seller_days (day, store, seller, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT day, store, seller, 0, 0, 0, 0, 0, 0, started
FROM seller_days FINAL
WHERE {{touched}} AND lines > 0
  AND (day, store, seller) NOT IN (SELECT day, store, seller FROM sale_lines FINAL WHERE {{touched}})
