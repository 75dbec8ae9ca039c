-- What stands of every source on some days: how much, how many lines any rule flags, how many are returns, when the latest came. A source that left a day becomes
-- a row of nothing. Reads sale_lines by day.
INSERT INTO quality_sources (source, day, lines, sales, revenue, flagged, returns, latest, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT source, day, sum(line_count), sum(sale_count), sum(money), sum(flags), sum(back), max(came), started
FROM (
  SELECT source, day, count() AS line_count, uniqExact(store, sale) AS sale_count, sum(revenue) AS money, countIf({{flagged}}) AS flags,
    countIf(quantity < 0) AS back, toDateTime(intDiv(max(version), 1000000), 'UTC') AS came
  FROM sale_lines FINAL WHERE day IN ({{days}})
  GROUP BY source, day
  UNION ALL
  SELECT source, day, 0, 0, toDecimal128(0, 6), 0, 0, toDateTime(0, 'UTC') FROM quality_sources FINAL WHERE day IN ({{days}}) AND lines > 0
)
GROUP BY source, day
