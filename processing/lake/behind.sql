-- Stores and months whose cleaned history has changed since the lake has it. One row per store and month.
SELECT d.store AS store, toString(d.month) AS month, toString(d.version) AS version
FROM (SELECT store, toStartOfMonth(day) AS month, max(version) AS version FROM store_days GROUP BY store, month) AS d
LEFT JOIN (SELECT store, month, max(version) AS version FROM lake_parts GROUP BY store, month) AS p ON p.store = d.store AND p.month = d.month
WHERE d.version > p.version
ORDER BY month, store
