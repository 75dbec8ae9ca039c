-- The latest version under which rules turned away each line of some sales. One row per rule and line. Reads quality_hits by its key.
SELECT rule, store, sale, line, max(version) AS latest
FROM quality_hits
WHERE severity = 'reject' AND (source, day, rule, store, sale) IN {{places}}
GROUP BY rule, store, sale, line
