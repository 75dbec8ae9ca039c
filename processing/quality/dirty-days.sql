-- Days whose lines changed since their findings were counted, or that were counted under other rules. One row per day, oldest first.
SELECT toString(lines.day) AS day, toString(lines.version) AS version
FROM (SELECT day, max(version) AS version FROM store_days GROUP BY day) AS lines
LEFT JOIN (SELECT day, version, rules FROM quality_audits FINAL) AS counted ON counted.day = lines.day
WHERE lines.version > counted.version OR counted.rules != {rules:String}
ORDER BY day
