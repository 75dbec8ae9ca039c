-- What each store sold this month before today, and today. One row per store.
SELECT store AS id, toFloat64(sumIf(revenue, day < {today:Date})) AS before, toFloat64(sumIf(revenue, day = {today:Date})) AS now
FROM {{days}} FINAL
WHERE {{scope}} AND day >= toStartOfMonth({today:Date}) AND day <= {today:Date} AND lines > 0
GROUP BY id
