-- Rows of each file that ingestion accepted and quality rules turned away, as long as nobody dealt with them.
SELECT source, file, count(DISTINCT line) AS away FROM rejected WHERE replayed_at IS NULL AND record->>'step' = 'processing' GROUP BY source, file
