-- When data last arrived from each source, and how long after the sale it usually does. One row per source with sales in the last seven days.
SELECT source, toFloat64(max(version)) / 1000 AS arrived, quantile(0.5)(version / 1000000 - toUnixTimestamp(toDateTime(toString(sold_at), {zone:String}))) AS lag
FROM sale_lines
WHERE day >= {day:Date} - 7 AND deleted = 0
GROUP BY source
