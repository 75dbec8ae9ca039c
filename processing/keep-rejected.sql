-- Keeps rejected records. One that processing turned away later than it was told again, or rejected last, is open, with why it was turned away now. What makes its id and when it was
-- turned away first stay: told again, it counts from then on. What was erased stays erased.
INSERT INTO rejected (id, source, file, line, field, rule, record, rejected_at)
SELECT DISTINCT ON (r->>'id') r->>'id', r->>'source', r->>'file', (r->>'line')::int, r->>'field', r->>'rule', r, (r->>'at')::timestamptz
FROM jsonb_array_elements($1::jsonb) AS r
ORDER BY r->>'id', (r->>'at')::timestamptz DESC
ON CONFLICT (id) DO UPDATE SET
  replayed_at = NULL,
  rejected_at = excluded.rejected_at,
  field = excluded.field,
  rule = excluded.rule,
  record = rejected.record || jsonb_build_object(
    'field', excluded.record->'field',
    'rule', excluded.record->'rule',
    'message', CASE WHEN rejected.record->>'raw' = '' THEN rejected.record->'message' ELSE excluded.record->'message' END
  )
  WHERE coalesce(rejected.replayed_at, rejected.rejected_at) < excluded.rejected_at AND excluded.record->>'step' = 'processing'
