-- Small granules in what is read by store and day: a batch recomputes the days of many stores, and a store's dashboard reads a few rows of each of a thousand days. Amounts of
-- one product on one day fit 64 bits. The tables are built again beside the old ones and change places with them; cut off anywhere, it begins again.
DROP TABLE IF EXISTS sale_lines_next {{cluster}} SYNC;

CREATE TABLE sale_lines_next {{cluster}}
(
  store      LowCardinality(String),
  day        Date,
  sale       String,
  line       String,
  sold_at    DateTime('UTC'),
  product    LowCardinality(String),
  seller     LowCardinality(String),
  customer   String,
  quantity   Decimal(18, 6),
  unit_price Decimal(18, 6),
  discount   Decimal(18, 6),
  revenue    Decimal(18, 6),
  cost       Decimal(18, 6),
  cost_known UInt8,
  source     LowCardinality(String),
  file       LowCardinality(String),
  row        UInt32,
  version    UInt64,
  deleted    UInt8
)
ENGINE = {{sharded:version, deleted}}
PARTITION BY toYYYYMM(day)
PRIMARY KEY (store, day)
ORDER BY (store, day, sale, line)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO sale_lines_next SELECT * FROM sale_lines;

EXCHANGE TABLES sale_lines AND sale_lines_next {{cluster}};

DROP TABLE sale_lines_next {{cluster}} SYNC;

DROP TABLE IF EXISTS product_days_next {{cluster}} SYNC;

CREATE TABLE product_days_next {{cluster}}
(
  day     Date,
  store   LowCardinality(String),
  product LowCardinality(String),
  seller  LowCardinality(String),
  revenue Decimal(18, 6),
  costed  Decimal(18, 6),
  cost    Decimal(18, 6),
  units   Decimal(18, 6),
  lines   UInt32,
  sales   UInt32,
  version UInt64
)
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
PRIMARY KEY (day, store)
ORDER BY (day, store, product, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO product_days_next SELECT * FROM product_days;

EXCHANGE TABLES product_days AND product_days_next {{cluster}};

DROP TABLE product_days_next {{cluster}} SYNC;
