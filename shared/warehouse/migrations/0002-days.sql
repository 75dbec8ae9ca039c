-- Aggregates per day. Each row is the whole truth of its key, recomputed from the lines whenever a batch touched its store and day; the latest recomputation wins.
-- `costed` is the revenue of the lines whose cost is known: margin = costed - cost. A key that has no lines any more stays as a row with lines = 0.
CREATE TABLE IF NOT EXISTS store_days {{cluster}}
(
  day     Date,
  store   LowCardinality(String),
  revenue Decimal(38, 6),
  costed  Decimal(38, 6),
  cost    Decimal(38, 6),
  units   Decimal(38, 6),
  lines   UInt64,
  sales   UInt64,
  version UInt64
)
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
ORDER BY (day, store);

CREATE TABLE IF NOT EXISTS seller_days {{cluster}}
(
  day     Date,
  store   LowCardinality(String),
  seller  LowCardinality(String),
  revenue Decimal(38, 6),
  costed  Decimal(38, 6),
  cost    Decimal(38, 6),
  units   Decimal(38, 6),
  lines   UInt64,
  sales   UInt64,
  version UInt64
)
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
ORDER BY (day, store, seller);

-- Kept per seller too, because a seller may see only their own lines, also in what they sold best.
CREATE TABLE IF NOT EXISTS product_days {{cluster}}
(
  day     Date,
  store   LowCardinality(String),
  product LowCardinality(String),
  seller  LowCardinality(String),
  revenue Decimal(38, 6),
  costed  Decimal(38, 6),
  cost    Decimal(38, 6),
  units   Decimal(38, 6),
  lines   UInt64,
  sales   UInt64,
  version UInt64
)
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
ORDER BY (day, store, product, seller);
