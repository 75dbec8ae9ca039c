-- One pass over the lines of what a batch touched fills all three day aggregates: rows go through here, each to the table of its grain, and nothing stays.
CREATE TABLE IF NOT EXISTS recomputed_days {{cluster}}
(
  grain   Enum8('store' = 1, 'seller' = 2, 'product' = 3),
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
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS recomputed_store_days {{cluster}} TO store_days AS
SELECT day, store, revenue, costed, cost, units, lines, sales, version FROM recomputed_days WHERE grain = 'store';

CREATE MATERIALIZED VIEW IF NOT EXISTS recomputed_seller_days {{cluster}} TO seller_days AS
SELECT day, store, seller, revenue, costed, cost, units, lines, sales, version FROM recomputed_days WHERE grain = 'seller';

CREATE MATERIALIZED VIEW IF NOT EXISTS recomputed_product_days {{cluster}} TO product_days AS
SELECT day, store, product, seller, revenue, costed, cost, units, lines, sales, version FROM recomputed_days WHERE grain = 'product';
