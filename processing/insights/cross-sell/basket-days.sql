-- How many lines were sold on each day of the window, latest first. One row per day.
SELECT toString(day) AS day, toFloat64(sum(lines)) AS lines
FROM (SELECT * FROM store_days FINAL WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0)
GROUP BY day
ORDER BY day DESC
