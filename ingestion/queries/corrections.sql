-- The latest correction of each corrected row of a file.
SELECT DISTINCT ON (r.line) r.line, p.correction
FROM rejected_replays p
JOIN rejected r ON r.id = p.rejected
WHERE r.source = $1 AND r.file = $2 AND p.correction IS NOT NULL
ORDER BY r.line, p.asked_at DESC
