-- Changes when any day's sales in the window do. One row.
SELECT toString(sum(cityHash64(day, store, lines, revenue, units))) AS fingerprint, count() AS days
FROM store_days FINAL
WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0
