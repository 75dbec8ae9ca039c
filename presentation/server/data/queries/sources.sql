-- Every source that files or tables have come from, with the latest of each and how many of its rows wait, and those of which only rows that wait are known: tills that tell their sales.
-- What quality rules turned away and nobody dealt with is not accepted.
WITH files AS (
  SELECT source, 'files' AS kind, count(*) AS files,
         coalesce(sum((totals->>'rows')::bigint), 0) AS rows,
         coalesce(sum((totals->>'accepted')::bigint - coalesce(away, 0)), 0) AS accepted,
         coalesce(sum((totals->>'duplicates')::bigint), 0) AS duplicates,
         max(updated_at) AS last_at,
         (array_agg(file ORDER BY updated_at DESC))[1] AS last_file,
         (array_agg(state ORDER BY updated_at DESC))[1] AS last_state,
         (array_agg(problem ORDER BY updated_at DESC))[1] AS problem
  FROM ledger LEFT JOIN ({{turnedAway}}) AS judged USING (source, file) GROUP BY source
), tables AS (
  SELECT source, 'table' AS kind, 0 AS files, coalesce((totals->>'rows')::bigint, 0) AS rows,
         coalesce((totals->>'accepted')::bigint, 0) AS accepted, coalesce((totals->>'duplicates')::bigint, 0) AS duplicates,
         updated_at AS last_at, '' AS last_file, 'done' AS last_state, '' AS problem
  FROM table_cursors
), waiting AS (
  SELECT source, count(*) AS waiting, max(rejected_at) AS last_at FROM rejected WHERE replayed_at IS NULL GROUP BY source
), told AS (
  SELECT source, 'told' AS kind, 0 AS files, 0 AS rows, 0 AS accepted, 0 AS duplicates,
         last_at, '' AS last_file, 'done' AS last_state, '' AS problem
  FROM waiting
  WHERE source NOT IN (SELECT source FROM files UNION ALL SELECT source FROM tables)
)
SELECT s.*, coalesce(w.waiting, 0) AS waiting
FROM (SELECT * FROM files UNION ALL SELECT * FROM tables UNION ALL SELECT * FROM told) AS s
LEFT JOIN waiting AS w ON w.source = s.source
ORDER BY s.last_at DESC
