-- Days with an id, in whatever letter case, that was described since, where that may change what a rule finds. One row per day.
SELECT DISTINCT toString(day) AS again
FROM {{lines}}
WHERE lowerUTF8({{id}}) IN (SELECT lowerUTF8({{id}}) FROM {{table}} WHERE version > {since:UInt64})
  AND (day IN (SELECT day FROM quality_findings FINAL WHERE rule = {rule:String} AND hits > 0){{more}})
