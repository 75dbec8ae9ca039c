-- What people asked to be done with rejected records: read one again, as it is or as they corrected it, or everything open of a source.
-- `correction` is sealed like the record. It is kept, so that the row is read corrected whenever its file is read again.
CREATE TABLE rejected_replays (
  id         text PRIMARY KEY,
  source     text NOT NULL,
  rejected   text REFERENCES rejected (id) ON DELETE CASCADE,
  correction text,
  asked_by   text NOT NULL,
  asked_at   timestamptz NOT NULL DEFAULT now(),
  taken_at   timestamptz,
  done_at    timestamptz,
  replayed   integer NOT NULL DEFAULT 0,
  still      integer NOT NULL DEFAULT 0,
  problem    text NOT NULL DEFAULT ''
);
CREATE INDEX rejected_replays_open ON rejected_replays (asked_at) WHERE done_at IS NULL;
CREATE INDEX rejected_replays_by_record ON rejected_replays (rejected);
