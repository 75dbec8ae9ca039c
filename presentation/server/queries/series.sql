-- Figures over time: one row per day, week (from Monday), month or year that has lines, told apart by whether its days are in the period (now), in the one it is compared with
-- (before), or in both. Its rows are those of rows, with {months} when buckets are whole months, or of rows-of-chain-days.
SELECT
  toString(toDate(dateTrunc({grain:String}, f.day))) AS bucket,
  now,
  before,
  sum(f.revenue) AS revenue,
  sum(f.costed) AS costed,
  sum(f.cost) AS cost,
  sum(f.units) AS units,
  sum(f.lines) AS lines,
  sum(f.sales) AS sales
FROM
(
  {{rows}}
) AS f
GROUP BY bucket, now, before
HAVING lines > 0
ORDER BY bucket
