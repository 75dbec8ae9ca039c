-- What rules found that are gone, or flag no longer, becomes a row of nothing. What rules corrected stays so.
INSERT INTO quality_findings (source, day, rule, severity, hits, examples, version)
SELECT source, day, rule, severity, 0, [], toUnixTimestamp64Micro(now64(6))
FROM quality_findings FINAL
WHERE hits > 0 AND severity = 'flag' AND rule NOT IN ({{rules}})
