-- What can be replayed of one source: everything that was not set aside on purpose, with the file it came from.
SELECT r.id, r.file, r.line, r.record, l.fingerprint, l.place, l.columns
FROM rejected r
LEFT JOIN ledger l ON l.source = r.source AND l.file = r.file
WHERE r.source = $1 AND r.replayed_at IS NULL AND r.record->>'step' = 'ingestion' AND ($2::text IS NULL OR r.id = $2)
ORDER BY r.file, r.line
