-- One aggregate of the replayed days (of those that are `touched`), from the replayed lines.
INSERT INTO {{table}} ({{keys}}, revenue, costed, cost, units, lines, sales, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT {{keys}}, sum(revenue), sumIf(revenue, cost_known = 1), sumIf(cost, cost_known = 1), sum(quantity), count(), uniqExact(sale), started
FROM sale_lines_replay FINAL
WHERE {{inside}} AND {{touched}}
GROUP BY {{keys}}
