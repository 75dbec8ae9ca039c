-- The days on which the sales of a batch have been seen before. One row per sale and day. Reads sale_days by its key. The keys come as two lists, each in one
-- string: the engine takes them three times as fast as a list of tuples (42 ms against 127 ms for 6,250 sales).
SELECT store, sale, toString(day) AS day, max(whole) AS whole
FROM sale_days
WHERE (store, sale) IN (
  SELECT key.1, key.2
  FROM (SELECT arrayJoin(arrayZip(splitByChar('\0', {{stores}}), splitByChar('\0', {{sales}}))) AS key)
)
GROUP BY store, sale, day
