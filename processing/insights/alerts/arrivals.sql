-- When data last arrived per store, and how long after the sale it usually does. One row per store with sales in the last seven days.
SELECT store, max(version) / 1000 AS arrived, quantile(0.5)(version / 1000000 - toUnixTimestamp(toDateTime(toString(sold_at), {zone:String}))) AS lag
FROM sale_lines
WHERE day >= {day:Date} - 7 AND day <= {day:Date} AND deleted = 0
GROUP BY store
