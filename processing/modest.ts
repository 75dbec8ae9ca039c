/** Sums over a large chain, a million and more of them: by one thread, and to disk rather than into the memory that questions need. */
export const modest = { max_threads: 1, max_bytes_before_external_group_by: '200000000' }
