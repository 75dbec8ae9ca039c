-- Every sale line, latest statement wins. Days are local to the chain. A row with deleted = 1 withdraws the line.
-- Partitioned by month; (store, day) first because what a batch touched is recomputed per store and day.
CREATE TABLE IF NOT EXISTS sale_lines {{cluster}}
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
ORDER BY (store, day, sale, line);

-- On which days a sale has been seen: where to look for the lines that a correction moves or withdraws.
-- `whole` is the latest statement that claimed to hold all lines of the sale: an older one that arrives later is stale.
CREATE TABLE IF NOT EXISTS sale_days {{cluster}}
(
  store LowCardinality(String),
  sale  String,
  day   Date,
  whole UInt64
)
ENGINE = {{sharded:whole}}
ORDER BY (store, sale, day)
SETTINGS index_granularity = 512;
