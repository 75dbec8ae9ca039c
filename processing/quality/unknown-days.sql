-- Days on which a rule found ids unknown, of which one was described since. One row per day.
SELECT DISTINCT toString(day) AS again
FROM {{lines}}
WHERE lowerUTF8({{id}}) IN (SELECT lowerUTF8({{id}}) FROM {{table}} WHERE version > {since:UInt64})
  AND day IN (SELECT day FROM quality_findings FINAL WHERE rule = {rule:String} AND hits > 0)
