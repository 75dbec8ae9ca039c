-- Messages leave for the lake soon: to merge those of whole pieces would be to compress them twice, and to give each column its own file would be to make two dozen of them.
ALTER TABLE raw_sales {{cluster}} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 6000000, min_bytes_for_wide_part = 33554432;
