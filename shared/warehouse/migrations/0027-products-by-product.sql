-- The days of one product in one piece, which the table, by day first, has in a thousand: figures over time of a product of the whole chain read a few rows instead of a granule for each day.
ALTER TABLE chain_products {{cluster}} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';

ALTER TABLE chain_products {{cluster}} ADD PROJECTION IF NOT EXISTS by_product (SELECT * ORDER BY product, span, first);

ALTER TABLE chain_products {{cluster}} MATERIALIZE PROJECTION by_product;
