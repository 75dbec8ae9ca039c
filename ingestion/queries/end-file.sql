UPDATE ledger SET state = $3, totals = $4::jsonb, columns = $5::jsonb, problem = $6,
  rows_done = CASE WHEN $3 = 'done' THEN $7 ELSE rows_done END, updated_at = now()
WHERE source = $1 AND fingerprint = $2
