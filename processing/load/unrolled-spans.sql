-- Days and months that have rested for {rest} microseconds and whose sums over the chain are older than their last recomputation. One row per span, months last.
SELECT d.span AS span, toString(d.first) AS first
FROM
(
  SELECT 'day' AS span, day AS first, max(version) AS version FROM store_days GROUP BY day
  UNION ALL
  SELECT arrayJoin(['month', 'sales']) AS span, toStartOfMonth(day) AS first, max(version) AS version FROM store_days GROUP BY first
) AS d
LEFT JOIN (SELECT span, first, max(run) AS run FROM chain_rolled GROUP BY span, first) AS r ON r.span = d.span AND r.first = d.first
WHERE r.run <= d.version + {rest:UInt64} AND d.version + {rest:UInt64} < {run:UInt64}
ORDER BY span, first
