-- Smaller granules in what is read by store and by seller, too: a granule of the default size has eleven days of a chain of 700 stores, where somebody asks for one store or seller of a
-- year, and one of 64 projections is mostly of others than the hundred that are shown. The tables are built again beside the old ones and change places with them; cut off anywhere, it begins again.
DROP TABLE IF EXISTS store_days_next {{cluster}} SYNC;

CREATE TABLE store_days_next {{cluster}}
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
ORDER BY (day, store)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

ALTER TABLE store_days_next {{cluster}} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';

ALTER TABLE store_days_next {{cluster}} ADD PROJECTION IF NOT EXISTS touched (SELECT day, max(version) GROUP BY day);

INSERT INTO store_days_next SELECT * FROM store_days;

EXCHANGE TABLES store_days AND store_days_next {{cluster}};

DROP TABLE store_days_next {{cluster}} SYNC;

DROP TABLE IF EXISTS seller_days_next {{cluster}} SYNC;

CREATE TABLE seller_days_next {{cluster}}
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
ORDER BY (day, store, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO seller_days_next SELECT * FROM seller_days;

EXCHANGE TABLES seller_days AND seller_days_next {{cluster}};

DROP TABLE seller_days_next {{cluster}} SYNC;

DROP TABLE IF EXISTS seller_months_next {{cluster}} SYNC;

CREATE TABLE seller_months_next {{cluster}}
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
ORDER BY (first, store, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO seller_months_next SELECT * FROM seller_months;

EXCHANGE TABLES seller_months AND seller_months_next {{cluster}};

DROP TABLE seller_months_next {{cluster}} SYNC;

DROP TABLE IF EXISTS projections_next {{cluster}} SYNC;

CREATE TABLE projections_next {{cluster}}
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
SETTINGS index_granularity = 16, min_compress_block_size = 8192;

INSERT INTO projections_next SELECT * FROM projections;

EXCHANGE TABLES projections AND projections_next {{cluster}};

DROP TABLE projections_next {{cluster}} SYNC;
