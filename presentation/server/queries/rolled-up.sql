-- The days and months inside {from} to {to} whose sums over the whole chain are kept and hold: made well after the last recomputation of any of their days. One row per span.
SELECT d.span AS span, toString(d.first) AS first, toString(r.run) AS run
FROM
(
  SELECT kept.1 AS span, kept.2 AS first, max(days.version) AS version
  FROM (SELECT day, max(version) AS version FROM store_days WHERE {{scope}} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY day) AS days
  ARRAY JOIN [('day', day), ('month', toStartOfMonth(day)), ('sales', toStartOfMonth(day))] AS kept
  GROUP BY span, first
) AS d
INNER JOIN (SELECT span, first, max(run) AS run FROM chain_rolled GROUP BY span, first) AS r ON r.span = d.span AND r.first = d.first
WHERE r.run > d.version + {rest:UInt64}
