-- Files that were read, latest first, with how many of their rows quality rules turned away.
SELECT source, file, state, totals, updated_at, problem, coalesce(away, 0) AS away
FROM ledger
LEFT JOIN ({{turnedAway}}) AS judged USING (source, file)
WHERE $1::text IS NULL OR source = $1
ORDER BY updated_at DESC, file
LIMIT $2 OFFSET $3
