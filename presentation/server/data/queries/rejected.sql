-- Rejected records of one page, newest first. Parameters that are null choose all; `columns` is empty where the row did not come from a file.
SELECT r.record, r.rejected_at, r.replayed_at, coalesce(l.columns, '[]'::jsonb) AS columns,
       p.id AS replay, p.done_at, p.problem, p.still, coalesce(who.name, p.asked_by) AS asked_by, p.correction
FROM rejected r
LEFT JOIN ledger l ON l.source = r.source AND l.file = r.file
LEFT JOIN LATERAL (SELECT * FROM rejected_replays WHERE rejected = r.id ORDER BY asked_at DESC LIMIT 1) AS p ON true
LEFT JOIN people who ON who.id = p.asked_by
WHERE ($1::text IS NULL OR r.id = $1)
  AND ($2::text IS NULL OR r.source = $2)
  AND ($3::text IS NULL OR r.rule = $3)
  AND ($4::text = 'all' OR ($4::text = 'open') = (r.replayed_at IS NULL))
ORDER BY r.rejected_at DESC, r.file, r.line, r.id
LIMIT $5 OFFSET $6
