-- How fresh each source is within reach: the day of its latest sale, and when ingestion took its latest line in (microseconds since 1970). {months} are read as kept, the
-- other days from the lines.
SELECT source, toString(max(day)) AS day, max(version) AS version
FROM
(
  SELECT source, day, latest AS version
  FROM source_months
  WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN {runs:Array(Tuple(Date, UInt64))}
  UNION ALL
  SELECT source, day, version
  FROM sale_lines
  WHERE {{scope}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}
)
GROUP BY source
ORDER BY source
