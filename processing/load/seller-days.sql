-- Recomputes seller_days for the stores and days that a batch touched. Reads sale_lines by its key; the latest recomputation wins by `version`, taken on the
-- warehouse's own clock before the lines are read: a later start sees at least what an earlier one saw.
INSERT INTO seller_days (day, store, seller, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT day, store, seller, sum(revenue), sumIf(revenue, cost_known = 1), sumIf(cost, cost_known = 1), sum(quantity), count(), uniqExact(sale), started
FROM sale_lines FINAL
WHERE (store, day) IN {{touched}}
GROUP BY day, store, seller
