-- Counts what rules corrected on some days in lines that stand as they were corrected, per source, day and rule; of what belongs to a whole sale, once where any line of it stands. What was
-- counted before and is not any more becomes a row of nothing. Reads sale_lines and quality_hits by day.
INSERT INTO quality_findings (source, day, rule, severity, hits, examples, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT source, day, rule, 'correct', sum(found), [], started
FROM (
  SELECT source, day, rule, 1 AS found, 0 AS before
  FROM (SELECT day, store, sale, arrayJoin(['', line]) AS line, version AS stands FROM sale_lines FINAL WHERE day IN ({{days}})) AS standing
  INNER JOIN (
    SELECT source, day, rule, store, sale, line, version AS corrected
    FROM quality_hits FINAL WHERE day IN ({{days}}) AND severity = 'correct' AND rule NOT IN ({{flags}})
  ) AS hit USING (day, store, sale, line)
  GROUP BY source, day, rule, store, sale, line
  -- A line whose cost became known was written again under the version after its own.
  HAVING min(stands) <= max(corrected) + 1 AND (line = '' OR min(stands) >= max(corrected))
  UNION ALL
  SELECT source, day, rule, 0 AS found, 1 AS before
  FROM quality_findings FINAL WHERE day IN ({{days}}) AND hits > 0 AND severity = 'correct'
)
GROUP BY source, day, rule
HAVING sum(found) > 0 OR max(before) = 1
