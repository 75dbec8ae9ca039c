-- What became of what each shop system told over HTTP on a day: `accepted + rejected + duplicates = rows`. A row is one sale as it was told.
CREATE TABLE told_days (
  source     text NOT NULL,
  day        date NOT NULL,
  rows       bigint NOT NULL,
  accepted   bigint NOT NULL,
  rejected   bigint NOT NULL,
  duplicates bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, day)
);
