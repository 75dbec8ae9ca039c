-- A file's rejected rows are about to be told again. Nothing when the ledger does not know the file.
UPDATE ledger SET replays = replays + 1 WHERE source = $1 AND file = $2
RETURNING version, replays
