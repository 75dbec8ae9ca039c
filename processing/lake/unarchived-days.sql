-- After tables changed places: stores and days of the old tables (…_replay) that may hold what the lake's files lack. Those recomputed later than their file, and
-- those in parts that were written since the replay began, whose aggregates may not have come. One row per store and day.
SELECT DISTINCT store, toString(day) AS day FROM (
  SELECT d.store AS store, d.day AS day
  FROM store_days_replay AS d
  LEFT JOIN (SELECT store, month, max(version) AS version FROM lake_parts_replay GROUP BY store, month) AS p ON p.store = d.store AND p.month = toStartOfMonth(d.day)
  WHERE d.version > p.version
  UNION ALL
  SELECT store, day FROM sale_lines_replay
  WHERE _part IN (
    SELECT name FROM {{parts}}
    WHERE database = currentDatabase() AND table = '{{holder}}' AND toUnixTimestamp(modification_time) + 2 >= {since:UInt64})
)
