-- What has been read from where: one row per source and content. `rows_done` rows are on the bus for certain; a reading that was cut off starts over
-- and publishes from there on. `totals` are those of the whole file.
CREATE TABLE ledger (
  source      text NOT NULL,
  fingerprint text NOT NULL,
  file        text NOT NULL,
  place       text NOT NULL,
  state       text NOT NULL CHECK (state IN ('reading', 'done', 'stopped')),
  version     bigint NOT NULL,
  rows_done   bigint NOT NULL DEFAULT 0,
  totals      jsonb NOT NULL DEFAULT '{}',
  columns     jsonb NOT NULL DEFAULT '[]',
  problem     text NOT NULL DEFAULT '',
  started_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, fingerprint)
);
CREATE INDEX ledger_by_state ON ledger (state, updated_at);
