-- The first and last day with lines in reach. One row; lines = 0 when there are none.
SELECT toString(min(day)) AS first, toString(max(day)) AS last, sum(f.lines) AS lines
FROM {{days}} AS f FINAL
WHERE {{scope}} AND f.lines > 0
