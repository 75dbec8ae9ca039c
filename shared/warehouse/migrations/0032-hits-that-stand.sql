DROP VIEW IF EXISTS quality_days {{cluster}};

-- Per source, day of sale and rule: what is flagged or was corrected among the standing lines, and what was turned away and is missing: neither turned away once more, accepted since nor left
-- out when all of its sale was told later. A line whose cost became known was written again under the version after its own.
CREATE VIEW IF NOT EXISTS quality_days {{cluster}} AS
SELECT source, day, rule, severity, hits, examples FROM quality_findings FINAL WHERE hits > 0
UNION ALL
SELECT source, day, rule, 'reject' AS severity, count() AS hits, [] AS examples
FROM (
  SELECT source, day, rule, store, sale, line, refused
  FROM (
    SELECT source, day, rule, store, sale, line, version AS refused
    FROM quality_hits FINAL
    WHERE severity = 'reject'
      AND (store, sale, line, version) IN (SELECT store, sale, line, max(version) FROM quality_hits WHERE severity = 'reject' GROUP BY store, sale, line)
  ) AS latest
  LEFT JOIN (
    SELECT store, sale, max(whole) AS told
    FROM sale_days WHERE (store, sale) IN (SELECT store, sale FROM quality_hits WHERE severity = 'reject')
    GROUP BY store, sale
  ) AS known USING (store, sale)
  WHERE told <= refused
) AS hit
LEFT JOIN (
  SELECT store, sale, line, max(version) AS accepted
  FROM sale_lines FINAL
  WHERE (store, day, sale) IN (SELECT store, day, sale FROM sale_days WHERE (store, sale) IN (SELECT store, sale FROM quality_hits WHERE severity = 'reject'))
  GROUP BY store, sale, line
) AS standing USING (store, sale, line)
WHERE accepted <= refused + 1
GROUP BY source, day, rule;
