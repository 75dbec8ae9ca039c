-- In which sales of a month each product was sold, kept once the month rests: how many sales several products come to can't be added up from sums, which have a sale once for each of
-- them. `number` tells the sales of a store and day apart, within a run. Rows count when
-- their `run` is the latest of their month in chain_rolled, under the span `sales`, and came well after the last recomputation of its days; they go with the lines that they are of.
CREATE TABLE IF NOT EXISTS product_sales {{cluster}}
(
  product LowCardinality(String),
  store   LowCardinality(String),
  day     Date,
  number  UInt32,
  seller  LowCardinality(String),
  run     UInt64
)
ENGINE = {{sharded:run}}
PARTITION BY toYear(day)
ORDER BY (product, store, day, number, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;
