-- What the whole chain sold of each product in a day or a month, kept for the spans that rest: a question over years reads thousands of rows instead of millions. `first` is the
-- span's first day. Rows count when their `run` is the latest of their span in chain_rolled and came well after the last recomputation of its days (store_days.version).
CREATE TABLE IF NOT EXISTS chain_products {{cluster}}
(
  span    LowCardinality(String),
  first   Date,
  product LowCardinality(String),
  revenue Decimal(18, 6),
  costed  Decimal(18, 6),
  cost    Decimal(18, 6),
  units   Decimal(18, 6),
  lines   UInt64,
  sales   UInt64,
  run     UInt64
)
ENGINE = {{replacing:run}}
ORDER BY (span, first, product);

CREATE TABLE IF NOT EXISTS chain_rolled {{cluster}}
(
  span  LowCardinality(String),
  first Date,
  run   UInt64
)
ENGINE = {{replacing:run}}
ORDER BY (span, first);
