/** Settings for statements that sum up a large chain, a million groups and more: one thread, and spilling to disk rather than taking the memory that questions need. */
export const modest = { max_threads: 1, max_bytes_before_external_group_by: '200000000' }
