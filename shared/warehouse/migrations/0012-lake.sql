-- Messages of sales as they arrived, until they are in the lake. One partition per ten minutes of arrival: it leaves as a whole.
CREATE TABLE IF NOT EXISTS raw_sales {{cluster}}
(
  arrived   DateTime('UTC'),
  store     String,
  month     Date,
  partition UInt32,
  offset    UInt64,
  message   String CODEC(ZSTD(1))
)
ENGINE = {{sharded:arrived}}
PARTITION BY toStartOfTenMinutes(arrived)
ORDER BY (store, month, partition, offset);

-- What the lake holds of the cleaned history: the version of the latest recomputation that a file is sure to contain.
CREATE TABLE IF NOT EXISTS lake_parts {{cluster}}
(
  store   String,
  month   Date,
  version UInt64,
  lines   UInt64,
  at      DateTime DEFAULT now()
)
ENGINE = {{replacing:version}}
ORDER BY (month, store);
