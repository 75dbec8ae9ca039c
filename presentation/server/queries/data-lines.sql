-- What stands of each source on the latest days of sale it has: lines, and those that break a quality rule. Counted by processing as lines change.
SELECT source, toString(q.day) AS day, q.lines AS lines, q.flagged AS flagged
FROM quality_sources AS q FINAL
WHERE {{scope}} AND q.lines > 0 AND q.day > (SELECT max(day) FROM quality_sources) - {days:UInt16}
ORDER BY q.day DESC, source
