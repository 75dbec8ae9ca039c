-- The latest statement about every line of one store and month, withdrawn ones included (deleted = 1), with what makes an older statement stale (whole).
SELECT l.*, d.whole AS whole
FROM (
  SELECT * FROM sale_lines
  WHERE store = {store:String} AND day >= {month:Date} AND day < {month:Date} + INTERVAL 1 MONTH
  ORDER BY day, sale, line, version DESC, deleted DESC
  LIMIT 1 BY day, sale, line
) AS l
LEFT JOIN (
  SELECT sale, day, max(sale_days.whole) AS whole FROM sale_days
  WHERE store = {store:String} AND day >= {month:Date} AND day < {month:Date} + INTERVAL 1 MONTH
  GROUP BY sale, day
) AS d ON d.sale = l.sale AND d.day = l.day
ORDER BY day, sale, line
