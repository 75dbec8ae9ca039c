-- What a month came to per store, per seller and per product, kept once the month rests: a question over years reads months instead of days. Rows count when their `run` is the
-- latest of their month in chain_rolled and came well after the last recomputation of its days (store_days.version), as those of chain_products do.
CREATE TABLE IF NOT EXISTS store_months {{cluster}}
(
  first   Date,
  store   LowCardinality(String),
  revenue Decimal(18, 6),
  costed  Decimal(18, 6),
  cost    Decimal(18, 6),
  units   Decimal(18, 6),
  lines   UInt32,
  sales   UInt32,
  run     UInt64
)
ENGINE = {{replacing:run}}
ORDER BY (first, store);

CREATE TABLE IF NOT EXISTS seller_months {{cluster}}
(
  first   Date,
  store   LowCardinality(String),
  seller  LowCardinality(String),
  revenue Decimal(18, 6),
  costed  Decimal(18, 6),
  cost    Decimal(18, 6),
  units   Decimal(18, 6),
  lines   UInt32,
  sales   UInt32,
  run     UInt64
)
ENGINE = {{replacing:run}}
ORDER BY (first, store, seller);

-- By store and seller first: a manager or a seller reads their own years in one piece, which product_days, by day first, has in a thousand.
CREATE TABLE IF NOT EXISTS product_months {{cluster}}
(
  store   LowCardinality(String),
  seller  LowCardinality(String),
  first   Date,
  product LowCardinality(String),
  revenue Decimal(18, 6),
  costed  Decimal(18, 6),
  cost    Decimal(18, 6),
  units   Decimal(18, 6),
  lines   UInt32,
  sales   UInt32,
  run     UInt64
)
ENGINE = {{sharded:run}}
PARTITION BY toYear(first)
PRIMARY KEY (store, seller, first)
ORDER BY (store, seller, first, product)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

-- How fresh the lines of each source were in a month.
CREATE TABLE IF NOT EXISTS source_months {{cluster}}
(
  first  Date,
  source LowCardinality(String),
  store  LowCardinality(String),
  seller LowCardinality(String),
  day    Date,
  latest UInt64,
  run    UInt64
)
ENGINE = {{replacing:run}}
ORDER BY (first, source, store, seller);

-- Smaller granules and blocks, so that one product's days are found without reading all products.
DROP TABLE IF EXISTS chain_products {{cluster}} SYNC;

CREATE TABLE chain_products {{cluster}}
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
ORDER BY (span, first, product)
SETTINGS index_granularity = 512, min_compress_block_size = 16384;

-- Nothing counts as summed up until all of the above is filled: processing does so in the background, and questions read the days meanwhile.
TRUNCATE TABLE chain_rolled {{cluster}};

-- When each day was last recomputed, kept within the parts: whether a sum still holds is asked before every question over months.
ALTER TABLE store_days {{cluster}} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';

ALTER TABLE store_days {{cluster}} ADD PROJECTION IF NOT EXISTS touched (SELECT day, max(version) GROUP BY day);

ALTER TABLE store_days {{cluster}} MATERIALIZE PROJECTION touched;
