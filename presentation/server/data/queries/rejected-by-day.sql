-- Rejected records that still wait, per source, local day and rule.
SELECT source, to_char(rejected_at AT TIME ZONE $1, 'YYYY-MM-DD') AS day, rule, count(*) AS records
FROM rejected
WHERE replayed_at IS NULL AND rejected_at >= now() - make_interval(days => $2)
GROUP BY 1, 2, 3
ORDER BY 2 DESC, 1, 3
