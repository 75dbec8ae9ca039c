-- Sources that brought nothing for too long, one finding on the current day. Writes only what reads differently now.
INSERT INTO quality_findings (source, day, rule, severity, hits, examples, version)
WITH toUnixTimestamp64Micro(now64(6)) AS started
SELECT source, {today:Date}, {rule:String}, 'flag', sum(hit), groupArrayArray(said), started
FROM (
  SELECT source, 1 AS hit, [concat('latest ', toString(max(latest)), ' UTC')] AS said, 0 AS before
  FROM quality_sources FINAL WHERE lines > 0 {{sources}}
  GROUP BY source HAVING max(latest) < now('UTC') - toIntervalSecond({seconds:UInt32})
  UNION ALL
  SELECT source, 0 AS hit, [] AS said, 1 AS before FROM quality_findings FINAL WHERE rule = {rule:String} AND day = {today:Date} AND hits > 0
)
GROUP BY source
HAVING (sum(hit) > 0) != (max(before) = 1)
