-- Dead letters, queryable. `record` is the message as it came; `raw` inside it is the source's own text, unchanged.
CREATE TABLE rejected (
  id          text PRIMARY KEY,
  source      text NOT NULL,
  file        text NOT NULL,
  line        integer NOT NULL,
  field       text NOT NULL,
  rule        text NOT NULL,
  record      jsonb NOT NULL,
  rejected_at timestamptz NOT NULL,
  replayed_at timestamptz
);
CREATE INDEX rejected_by_source ON rejected (source, rejected_at);
