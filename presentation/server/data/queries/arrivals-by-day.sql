-- What arrived per source and local day, with what became of it: rows of files and tables by the day of their reading, and sales that were told over HTTP. What quality rules
-- turned away of a file and nobody dealt with counts as rejected, no longer as accepted.
WITH arrived AS (
  SELECT source, to_char(updated_at AT TIME ZONE $1, 'YYYY-MM-DD') AS day, 1 AS files,
         (totals->>'rows')::bigint AS rows, (totals->>'accepted')::bigint - coalesce(away, 0) AS accepted,
         (totals->>'duplicates')::bigint AS duplicates, (totals->>'rejected')::bigint + coalesce(away, 0) AS rejected
  FROM ledger LEFT JOIN ({{turnedAway}}) AS judged USING (source, file)
  WHERE updated_at >= now() - make_interval(days => $2)
  UNION ALL
  SELECT source, to_char(day, 'YYYY-MM-DD'), 0, rows, accepted, duplicates, rejected
  FROM arrival_days
  WHERE updated_at >= now() - make_interval(days => $2)
)
SELECT source, day, sum(files) AS files, coalesce(sum(rows), 0) AS rows, coalesce(sum(accepted), 0) AS accepted,
       coalesce(sum(duplicates), 0) AS duplicates, coalesce(sum(rejected), 0) AS rejected
FROM arrived
GROUP BY 1, 2
ORDER BY 2 DESC, 1
