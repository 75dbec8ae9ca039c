-- What is expected: one row per series, an amount per day from `starts` on. `base` is the series' own forecast, before the levels were made to add up.
-- Levels: chain; store and seller and category (parent: the chain); product (parent: its category).
-- `how`: day = daily series, month = monthly series spread over its parent's days, share = its share of its parent (too sparse for more).
-- `together` is how much wider the error of a 14-day sum is than if the days' errors were independent (a ratio of variances).
CREATE TABLE IF NOT EXISTS projections {{cluster}}
(
  level       LowCardinality(String),
  id          String,
  parent      String,
  starts      Date,
  base        Array(Float64),
  amounts     Array(Float64),
  lo80        Array(Float64),
  hi80        Array(Float64),
  lo95        Array(Float64),
  hi95        Array(Float64),
  deviation   Array(Float64),
  together    Float64,
  how         LowCardinality(String),
  method      LowCardinality(String),
  folds       UInt16,
  wape        Nullable(Float64),
  naive_wape  Nullable(Float64),
  mase        Nullable(Float64),
  naive_mase  Nullable(Float64),
  fingerprint String,
  computed_at DateTime('UTC'),
  version     UInt64
)
ENGINE = {{replacing:version}}
ORDER BY (level, id)
SETTINGS index_granularity = 64;
