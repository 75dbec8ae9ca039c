-- What became of what arrived of a source on a day otherwise than in files, whose totals the ledger has: sales that a shop system told over HTTP, and rows that were read from a table.
-- `accepted + rejected + duplicates = rows`.
CREATE TABLE arrival_days (
  source     text NOT NULL,
  day        date NOT NULL,
  rows       bigint NOT NULL,
  accepted   bigint NOT NULL,
  rejected   bigint NOT NULL,
  duplicates bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, day)
);

-- Until now a table's totals were those of its last page. An instance of the version before may still write them while others are upgraded; nobody reads them.
INSERT INTO arrival_days (source, day, rows, accepted, rejected, duplicates, updated_at)
SELECT source, updated_at::date, (totals->>'rows')::bigint, (totals->>'accepted')::bigint, (totals->>'rejected')::bigint, (totals->>'duplicates')::bigint, updated_at
FROM table_cursors
WHERE totals ?& ARRAY['rows', 'accepted', 'rejected', 'duplicates'];
