-- The latest day with sales, not after today. One row.
SELECT toString(max(days.day)) AS day, count() AS found FROM (SELECT day FROM store_days FINAL WHERE lines > 0 AND day <= {today:Date} AND day >= {today:Date} - 7) AS days
