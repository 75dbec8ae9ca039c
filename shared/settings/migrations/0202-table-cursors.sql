-- How far a table of a shop system has been read: everything up to this value of the cursor column is on the bus.
CREATE TABLE table_cursors (
  source     text PRIMARY KEY,
  position   text NOT NULL,
  totals     jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now()
);
