-- Recomputes store_days, seller_days and product_days for the stores and days that a batch touched, in one pass over their lines: migration 0010 sends each grain
-- to its table. Reads sale_lines by its key; the latest recomputation wins by `version`, taken on the warehouse's own clock before the lines are read: a later start
-- sees at least what an earlier one saw.
INSERT INTO recomputed_days (grain, day, store, product, seller, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT multiIf(grouping(product) = 0, 'product', grouping(seller) = 0, 'seller', 'store'), day, store, product, seller,
  sum(revenue), sumIf(revenue, cost_known = 1), sumIf(cost, cost_known = 1), sum(quantity), count(), uniqExact(sale), started
FROM sale_lines FINAL
WHERE (store, day) IN {{touched}}
GROUP BY GROUPING SETS ((day, store, product, seller), (day, store, seller), (day, store))
