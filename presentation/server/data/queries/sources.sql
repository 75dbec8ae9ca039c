-- Every source that anything has come from, with the latest of each and how many of its rows wait: files, tables, and tills that tell their sales, of some of which only rows that wait are known.
-- What quality rules turned away of a file and nobody dealt with is not accepted.
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
  SELECT source, 'table' AS kind, 0 AS files, 0 AS rows, 0 AS accepted, 0 AS duplicates,
         updated_at AS last_at, '' AS last_file, 'done' AS last_state, '' AS problem
  FROM table_cursors
), waiting AS (
  SELECT source, count(*) AS waiting, max(rejected_at) AS last_at FROM rejected WHERE replayed_at IS NULL GROUP BY source
), arrived AS (
  SELECT source, sum(rows) AS rows, sum(accepted) AS accepted, sum(duplicates) AS duplicates, max(updated_at) AS last_at FROM arrival_days GROUP BY source
), tills AS (
  SELECT source, 'told' AS kind, 0 AS files, 0 AS rows, 0 AS accepted, 0 AS duplicates,
         greatest(a.last_at, w.last_at) AS last_at, '' AS last_file, 'done' AS last_state, '' AS problem
  FROM arrived AS a FULL JOIN waiting AS w USING (source)
  WHERE source NOT IN (SELECT source FROM files UNION ALL SELECT source FROM tables)
)
SELECT s.source, s.kind, s.files, s.rows + coalesce(a.rows, 0) AS rows, s.accepted + coalesce(a.accepted, 0) AS accepted,
       s.duplicates + coalesce(a.duplicates, 0) AS duplicates, s.last_at, s.last_file, s.last_state, s.problem, coalesce(w.waiting, 0) AS waiting
FROM (SELECT * FROM files UNION ALL SELECT * FROM tables UNION ALL SELECT * FROM tills) AS s
LEFT JOIN waiting AS w ON w.source = s.source
LEFT JOIN arrived AS a ON a.source = s.source
ORDER BY s.last_at DESC
