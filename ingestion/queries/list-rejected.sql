-- Rejected records of one page, newest first. Parameters that are null choose all.
SELECT record, replayed_at FROM rejected
WHERE ($1::text IS NULL OR id = $1)
  AND ($2::text IS NULL OR source = $2)
  AND ($3::text IS NULL OR rule = $3)
  AND ($4::boolean OR replayed_at IS NULL)
ORDER BY rejected_at DESC, file, line, id
LIMIT $5 OFFSET $6
