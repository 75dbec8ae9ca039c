-- Rejected records that still wait, per source, rule and the local day on which their file was read, or on which they were rejected where they are of no file.
SELECT r.source, to_char(coalesce(l.updated_at, r.rejected_at) AT TIME ZONE $1, 'YYYY-MM-DD') AS day, r.rule, count(*) AS records
FROM rejected r
LEFT JOIN ledger l ON l.source = r.source AND l.file = r.file
WHERE r.replayed_at IS NULL AND coalesce(l.updated_at, r.rejected_at) >= now() - make_interval(days => $2)
GROUP BY 1, 2, 3
ORDER BY 2 DESC, 1, 3
