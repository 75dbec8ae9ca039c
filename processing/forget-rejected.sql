-- Rejected records that are kept no longer. Rows that quality rules turned away, and that nobody dealt with, stay counted as rejected in the totals of their file.
WITH gone AS (
  DELETE FROM rejected WHERE rejected_at < $1 RETURNING source, file, line, replayed_at, record->>'step' AS step
), judged AS (
  SELECT source, file, count(DISTINCT line) AS away FROM gone WHERE replayed_at IS NULL AND step = 'processing' GROUP BY source, file
)
UPDATE ledger l SET totals = l.totals || jsonb_build_object(
  'accepted', (l.totals->>'accepted')::bigint - away,
  'rejected', (l.totals->>'rejected')::bigint + away
)
FROM judged
WHERE l.source = judged.source AND l.file = judged.file AND l.totals ? 'accepted'
