-- Finished days whose number of lines is far from the median of the same weekday in the weeks before, where at least three of those weeks had any. Days without
-- lines between a source's first and last day count as such. Writes only what reads differently now.
INSERT INTO quality_findings (source, day, rule, severity, hits, examples, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started,
  spans AS (SELECT source, min(day) AS first, max(day) AS last FROM quality_sources FINAL WHERE lines > 0 {{sources}} GROUP BY source),
  days AS (
    SELECT calendar.source AS source, calendar.day AS day, known.lines AS lines
    FROM (SELECT source, arrayJoin(arrayMap(number -> first + number, range(toUInt32(last - first + 1)))) AS day FROM spans) AS calendar
    LEFT JOIN (SELECT source, day, lines FROM quality_sources FINAL) AS known ON known.source = calendar.source AND known.day = calendar.day
  ),
  usual AS (
    SELECT source, day, lines,
      groupArray(lines) OVER (PARTITION BY source, toDayOfWeek(day) ORDER BY day ROWS BETWEEN {{weeks}} PRECEDING AND 1 PRECEDING) AS before
    FROM days
  ),
  found AS (
    SELECT source, day, lines, arrayReduce('median', before) AS expected FROM usual
    WHERE day < {today:Date} AND length(before) >= 3 AND expected > 0 AND (lines < expected * {min:Float64} OR lines > expected * {max:Float64})
  )
SELECT source, day, {rule:String}, 'flag', sum(hit) AS now, groupArrayArray(said), started
FROM (
  SELECT source, day, 1 AS hit, [concat(toString(lines), ' lines, usual ', toString(round(expected)))] AS said, 0 AS before FROM found
  UNION ALL
  SELECT source, day, 0 AS hit, [] AS said, 1 AS before FROM quality_findings FINAL WHERE rule = {rule:String} AND hits > 0
)
GROUP BY source, day
HAVING (sum(hit) > 0) != (max(before) = 1)
