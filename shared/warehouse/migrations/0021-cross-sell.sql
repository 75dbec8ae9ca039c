-- Which run of a computed table is the one to read: a run is written whole, then named here, then older ones are dropped.
CREATE TABLE IF NOT EXISTS insight_runs {{cluster}}
(
  name        String,
  run         UInt64,
  fingerprint String,
  computed_at DateTime('UTC'),
  version     UInt64
)
ENGINE = {{replacing:version}}
ORDER BY name;

-- What is bought together. A row per product and companion, both ways round: in how many baskets they met, in how many each was, in all how many there were.
-- `score` ranks: cosine weighted by basket size, drawn down where there is little evidence (docs/decisions/basket-score.md).
CREATE TABLE IF NOT EXISTS bought_with {{cluster}}
(
  run          UInt64,
  product      String,
  other        String,
  met          UInt32,
  with_product UInt32,
  with_other   UInt32,
  baskets      UInt32,
  score        Float64,
  version      UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY run
ORDER BY (product, other)
SETTINGS index_granularity = 256;

-- What the chain, a store or a seller sold of each product in the last 180 days; the product '' is the sum of all.
CREATE TABLE IF NOT EXISTS product_reach {{cluster}}
(
  run      UInt64,
  kind     LowCardinality(String),
  id       String,
  product  String,
  sales    UInt64,
  units    Float64,
  revenue  Float64,
  last_day Date,
  version  UInt64
)
ENGINE = {{replacing:version}}
PARTITION BY run
ORDER BY (kind, id, product)
SETTINGS index_granularity = 256;
