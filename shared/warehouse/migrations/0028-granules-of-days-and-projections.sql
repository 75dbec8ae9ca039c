-- Smaller granules in what is read by store and by seller, too: a granule of the default size has eleven days of a chain of 700 stores, where somebody asks for one store or seller of a
-- year, and one of 64 projections is mostly of others than the hundred that are shown. The tables are built again beside the old ones and change places with them; cut off anywhere, it begins again.
DROP TABLE IF EXISTS store_days_next {{cluster}} SYNC;

CREATE TABLE store_days_next {{cluster}} AS store_days
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
ORDER BY (day, store)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384, deduplicate_merge_projection_mode = 'rebuild';

-- On one server it came along with the columns.
ALTER TABLE store_days_next {{cluster}} ADD PROJECTION IF NOT EXISTS touched (SELECT day, max(version) GROUP BY day);

INSERT INTO store_days_next SELECT * FROM store_days;

EXCHANGE TABLES store_days AND store_days_next {{cluster}};

DROP TABLE store_days_next {{cluster}} SYNC;

DROP TABLE IF EXISTS seller_days_next {{cluster}} SYNC;

CREATE TABLE seller_days_next {{cluster}} AS seller_days
ENGINE = {{sharded:version}}
PARTITION BY toYear(day)
ORDER BY (day, store, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO seller_days_next SELECT * FROM seller_days;

EXCHANGE TABLES seller_days AND seller_days_next {{cluster}};

DROP TABLE seller_days_next {{cluster}} SYNC;

DROP TABLE IF EXISTS seller_months_next {{cluster}} SYNC;

CREATE TABLE seller_months_next {{cluster}} AS seller_months
ENGINE = {{replacing:run}}
ORDER BY (first, store, seller)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384;

INSERT INTO seller_months_next SELECT * FROM seller_months;

EXCHANGE TABLES seller_months AND seller_months_next {{cluster}};

DROP TABLE seller_months_next {{cluster}} SYNC;

DROP TABLE IF EXISTS projections_next {{cluster}} SYNC;

CREATE TABLE projections_next {{cluster}} AS projections
ENGINE = {{replacing:version}}
ORDER BY (level, id)
SETTINGS index_granularity = 16, min_compress_block_size = 8192;

INSERT INTO projections_next SELECT * FROM projections;

EXCHANGE TABLES projections AND projections_next {{cluster}};

DROP TABLE projections_next {{cluster}} SYNC;
