-- Counts what every rule finds among the standing lines of some days, per source, day and rule, with up to three lines each as examples. What was found before
-- and is not any more becomes a row of nothing. Reads sale_lines by day.
INSERT INTO quality_findings (source, day, rule, severity, hits, examples, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT source, day, rule, 'flag', sum(found), groupArrayArray(shown), started
FROM (
  SELECT source, day, counted.1 AS rule, counted.2 AS found, counted.3 AS shown, 0 AS before
  FROM (
    SELECT source, day, arrayJoin([{{counts}}]) AS counted
    FROM (SELECT source, day, concat(store, ' ', sale, ' ', line) AS reference, {{conditions}} FROM sale_lines FINAL WHERE day IN ({{days}}))
    GROUP BY source, day
  )
  UNION ALL
  SELECT source, day, rule, 0 AS found, [] AS shown, 1 AS before
  FROM quality_findings FINAL WHERE day IN ({{days}}) AND hits > 0 AND severity = 'flag' AND rule NOT IN ({{wholeDays}})
)
GROUP BY source, day, rule
HAVING sum(found) > 0 OR max(before) = 1
