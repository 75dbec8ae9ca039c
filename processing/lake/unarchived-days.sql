-- Stores and days of these lines and sums that may hold what the lake's files lacked when a replay began. Those recomputed later than their file and than `after`, and
-- those in parts that were written since then, whose aggregates may not have come. One row per store and day.
SELECT DISTINCT store, toString(day) AS day FROM (
  SELECT d.store AS store, d.day AS day
  FROM {{days}} AS d
  LEFT JOIN (SELECT store, month, max(version) AS version FROM lake_parts_replay GROUP BY store, month) AS p ON p.store = d.store AND p.month = toStartOfMonth(d.day)
  WHERE d.version > greatest(p.version, {after:UInt64} * 1000000)
  UNION ALL
  SELECT store, day FROM {{lines}}
  WHERE _part IN (
    SELECT name FROM {{parts}}
    WHERE database = currentDatabase() AND table = '{{holder}}' AND toUnixTimestamp(modification_time) + 2 >= {since:UInt64})
)
