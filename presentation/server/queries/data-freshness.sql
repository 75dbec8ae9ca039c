-- How fresh each source is within reach: the day of its latest sale, and when ingestion took its latest line in (microseconds since 1970).
SELECT source, toString(max(day)) AS day, max(version) AS version
FROM sale_lines
WHERE {{scope}}
GROUP BY source
ORDER BY source
