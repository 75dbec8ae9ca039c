-- The first and last day with sales, not after today. One row.
SELECT toString(min(days.day)) AS first, toString(max(days.day)) AS last, count() AS found
FROM (SELECT day FROM store_days FINAL WHERE lines > 0 AND day <= {today:Date}) AS days
