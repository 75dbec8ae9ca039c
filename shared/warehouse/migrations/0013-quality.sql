-- What quality rules found: one row per rule and line, however often the line arrives. `original` is what came, `value` what it was corrected to.
CREATE TABLE IF NOT EXISTS quality_hits {{cluster}}
(
  source   LowCardinality(String),
  day      Date,
  rule     LowCardinality(String),
  store    String,
  sale     String,
  line     String,
  severity LowCardinality(String),
  field    LowCardinality(String),
  original String,
  value    String,
  arrived  DateTime('UTC') DEFAULT now(),
  version  UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY toYear(day)
ORDER BY (source, day, rule, store, sale, line);

-- Hits per source, day of sale and rule.
CREATE VIEW IF NOT EXISTS quality_days {{cluster}} AS
SELECT source, day, rule, severity, count() AS hits, max(arrived) AS latest
FROM quality_hits FINAL
GROUP BY source, day, rule, severity;
