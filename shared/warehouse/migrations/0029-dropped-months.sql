-- Months whose lines are no longer kept: their sums stand as they were, and nothing is loaded into them or computed for them any more. `version`: when it was noted, in milliseconds.
CREATE TABLE IF NOT EXISTS dropped_months {{cluster}}
(
  month   Date,
  version UInt64
)
ENGINE = {{replacing:version}}
ORDER BY month;
