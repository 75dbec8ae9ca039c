-- Takes a file in hand: a new one begins, one that was cut off goes on with the version it began with, a stopped one starts over with a new version.
INSERT INTO ledger (source, fingerprint, file, place, state, version)
VALUES ($1, $2, $3, $4, 'reading', $5)
ON CONFLICT (source, fingerprint) DO UPDATE SET
  state = CASE WHEN ledger.state = 'done' AND NOT $6::boolean THEN 'done' ELSE 'reading' END,
  version = CASE WHEN ledger.state = 'stopped' OR (ledger.state = 'done' AND $6::boolean) THEN EXCLUDED.version ELSE ledger.version END,
  rows_done = CASE WHEN ledger.state = 'stopped' OR (ledger.state = 'done' AND $6::boolean) THEN 0 ELSE ledger.rows_done END,
  place = EXCLUDED.place,
  updated_at = now()
RETURNING file, state, version, rows_done, totals
