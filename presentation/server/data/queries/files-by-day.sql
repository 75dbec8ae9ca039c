-- Files per source and local day of their reading, with what became of their rows. What quality rules turned away and nobody dealt with counts as rejected, no longer as accepted.
SELECT source, to_char(updated_at AT TIME ZONE $1, 'YYYY-MM-DD') AS day, count(*) AS files,
       coalesce(sum((totals->>'rows')::bigint), 0) AS rows,
       coalesce(sum((totals->>'accepted')::bigint - coalesce(away, 0)), 0) AS accepted,
       coalesce(sum((totals->>'duplicates')::bigint), 0) AS duplicates,
       coalesce(sum((totals->>'rejected')::bigint + coalesce(away, 0)), 0) AS rejected
FROM ledger
LEFT JOIN ({{turnedAway}}) AS judged USING (source, file)
WHERE updated_at >= now() - make_interval(days => $2)
GROUP BY 1, 2
ORDER BY 2 DESC, 1
