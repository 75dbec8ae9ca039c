-- Replayed once, counted once: the rows move from rejected to accepted in the totals of their file.
WITH marked AS (
  UPDATE rejected SET replayed_at = now() WHERE id = ANY($1::text[]) AND replayed_at IS NULL RETURNING source, file
), counted AS (
  SELECT source, file, count(*) AS rows FROM marked GROUP BY source, file
)
UPDATE ledger l SET totals = l.totals || jsonb_build_object(
  'accepted', (l.totals->>'accepted')::bigint + c.rows,
  'rejected', (l.totals->>'rejected')::bigint - c.rows
)
FROM counted c
WHERE l.source = c.source AND l.file = c.file AND l.totals ? 'accepted'
