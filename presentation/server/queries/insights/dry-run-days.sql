-- Every day of the last 150 of each subject of one kind, within the person's scope. One row per subject: its days (since 1970), in no order, and beside them a list of each sum that a rule is about.
SELECT id, home, groupArray(at) AS days, {{lists}}
FROM
(
  SELECT toUInt16(day) AS at, {{id}} AS id, {{home}} AS home, {{sums}}
  FROM (SELECT * FROM {{table}} FINAL WHERE {{scope}} AND day > {today:Date} - 150 AND day < {today:Date} AND lines > 0) AS rows
  {{together}}
) AS subjects
GROUP BY id, home
ORDER BY id, home
