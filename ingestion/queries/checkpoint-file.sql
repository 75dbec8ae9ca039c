-- The first $3 rows are on the bus for certain.
UPDATE ledger SET rows_done = $3, updated_at = now() WHERE source = $1 AND fingerprint = $2
