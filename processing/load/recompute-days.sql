-- Recomputes store_days, seller_days and product_days for the stores and days that a batch touched, in one pass over their lines: migration 0010 sends each grain
-- to its table. Only products that `gained` lines in their store are told apart, and of their rows only those with a line of the version `since` or later are
-- written: in the evening nearly all rows of a day are as they were. Reads sale_lines by its key; the latest recomputation wins by `version`, taken on the warehouse's own clock before the
-- lines are read: a later start sees at least what an earlier one saw.
INSERT INTO recomputed_days (grain, day, store, product, seller, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started, if({{gained}}, product, '') AS named
SELECT multiIf(grouping(named) = 0, 'product', grouping(seller) = 0, 'seller', 'store'), day, store, named, seller,
  sum(revenue), sumIf(revenue, cost_known = 1), sumIf(cost, cost_known = 1), sum(quantity), count(), uniqExact(sale), started
FROM sale_lines FINAL
WHERE {{touched}}
GROUP BY {{grains}}
HAVING grouping(store) = 0 AND (grouping(named) = 1 OR (named != '' AND max(sale_lines.version) >= {{since}}))
