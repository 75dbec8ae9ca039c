-- What the quality rules find among the standing lines: one row per source, day of sale and rule, counted again whenever lines of that day changed. hits = 0:
-- nothing any more. `examples` are up to three lines as "store sale line", or what was seen of the whole day.
CREATE TABLE IF NOT EXISTS quality_findings {{cluster}}
(
  source   LowCardinality(String),
  day      Date,
  rule     LowCardinality(String),
  severity LowCardinality(String),
  hits     UInt64,
  examples Array(String),
  version  UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY toYear(day)
ORDER BY (source, day, rule);

-- What stands of each source on each day of sale. `flagged` lines break at least one rule; `latest` is when ingestion took the latest of them in.
CREATE TABLE IF NOT EXISTS quality_sources {{cluster}}
(
  source  LowCardinality(String),
  day     Date,
  lines   UInt64,
  sales   UInt64,
  revenue Decimal(38, 6),
  flagged UInt64,
  returns UInt64,
  latest  DateTime('UTC'),
  version UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY toYear(day)
ORDER BY (source, day);

-- Up to which recomputation of a day, and under which rules, its findings are counted.
CREATE TABLE IF NOT EXISTS quality_audits {{cluster}}
(
  day     Date,
  version UInt64,
  rules   String,
  at      UInt64
)
ENGINE = {{replacing:at}}
ORDER BY day;

DROP VIEW IF EXISTS quality_days {{cluster}};

-- Per source, day of sale and rule: what is flagged among the standing lines, and what was corrected or turned away as it arrived.
CREATE VIEW IF NOT EXISTS quality_days {{cluster}} AS
SELECT source, day, rule, severity, hits, examples FROM quality_findings FINAL WHERE hits > 0
UNION ALL
SELECT source, day, rule, severity, count() AS hits, [] AS examples FROM quality_hits FINAL WHERE severity != 'flag' GROUP BY source, day, rule, severity;

-- The unit of a product as it came, where the cleaned one is written otherwise.
ALTER TABLE products {{cluster}} ADD COLUMN IF NOT EXISTS unit_given String;
