-- What each quality rule finds in the lines of each source and day of sale: flagged, corrected or turned away. The latest days end with the last one of which
-- anything stands; where nothing ever stood, with the last of which anything was turned away.
SELECT source, toString(f.day) AS day, rule, severity, hits
FROM quality_days AS f
WHERE {{scope}} AND f.day > (SELECT if(count() = 0, (SELECT max(day) FROM quality_hits), max(day)) FROM quality_sources) - {days:UInt16}
ORDER BY f.day DESC, source, rule
