-- The latest correction of each corrected record of a file, in the order in which people asked, with the step that had rejected it.
SELECT line, step, correction
FROM (
  SELECT DISTINCT ON (r.id) r.line, r.record->>'step' AS step, p.correction, p.asked_at
  FROM rejected_replays p
  JOIN rejected r ON r.id = p.rejected
  WHERE r.source = $1 AND r.file = $2 AND p.correction IS NOT NULL
  ORDER BY r.id, p.asked_at DESC
) AS latest
ORDER BY asked_at
