-- Those of some days on which a rule finds another number of lines than is written. One row per day. Reads sale_lines by day.
SELECT DISTINCT toString(day) AS again
FROM
(
  SELECT source, day, toInt64(countIf({{condition}})) AS difference FROM sale_lines FINAL WHERE day IN ({{days}}) GROUP BY source, day
  UNION ALL
  SELECT source, day, -toInt64(hits) AS difference FROM quality_findings FINAL WHERE day IN ({{days}}) AND rule = {rule:String}
)
GROUP BY source, day
HAVING sum(difference) != 0
