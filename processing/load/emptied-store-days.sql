-- Rows of store_days whose last line was withdrawn or moved away: they become rows of nothing. Runs only for batches that correct something.
INSERT INTO store_days (day, store, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT day, store, 0, 0, 0, 0, 0, 0, started
FROM store_days FINAL
WHERE {{touched}} AND lines > 0
  AND (day, store) NOT IN (SELECT day, store FROM sale_lines FINAL WHERE {{touched}})
