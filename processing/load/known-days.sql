-- The days on which the sales of a batch have been seen before. One row per sale and day. Reads sale_days by its key.
SELECT store, sale, toString(day) AS day, max(whole) AS whole
FROM sale_days
WHERE (store, sale) IN (SELECT pair.1, pair.2 FROM {{sales}})
GROUP BY store, sale, day
