-- What is bought together. A row per product: in how many of all baskets it was, the companions it met, best first (`scores` ranks, docs/decisions/basket-score.md),
-- and for the next item how much it speaks for each product; `popular` is what a product has without anything in the basket speaking for it.
CREATE TABLE IF NOT EXISTS companions {{cluster}}
(
  run       UInt64,
  product   String,
  held      UInt32,
  baskets   UInt32,
  others    Array(String),
  met       Array(UInt32),
  scores    Array(Float64),
  suggested Array(String),
  weights   Array(Float64),
  popular   Float64,
  version   UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY run
ORDER BY product
SETTINGS index_granularity = 64;

DROP TABLE IF EXISTS bought_with {{cluster}};
