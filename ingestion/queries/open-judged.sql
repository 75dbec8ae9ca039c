-- Lines of one source that quality rules turned away and nobody told again, or the one that is asked for, with how many rows their file has; 0 where the ledger does not know it.
SELECT r.id, r.record, coalesce((l.totals->>'rows')::bigint, 0) AS rows
FROM rejected r
LEFT JOIN ledger l ON l.source = r.source AND l.file = r.file
WHERE r.source = $1 AND r.record->>'step' = 'processing' AND (r.id = $2 OR ($2::text IS NULL AND r.replayed_at IS NULL))
ORDER BY r.file, r.line
