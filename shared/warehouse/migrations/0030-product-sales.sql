-- In which sales of a month each product was sold, kept once the month rests: how many sales several products come to can't be added up from sums, which have a sale once for each of
-- them. `number` tells the sales of a store and day apart, within a run. Rows count as those of product_months do, and go with the lines that they are of.
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

-- No month counts as summed up until this is filled, too: processing does so in the background, and questions read the days meanwhile. Days stay as they are.
ALTER TABLE chain_rolled {{cluster}} DELETE WHERE span = 'month' SETTINGS mutations_sync = 2;
