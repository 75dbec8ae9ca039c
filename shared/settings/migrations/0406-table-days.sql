-- What became of the rows that were read from a table on a day: `accepted + rejected + duplicates = rows`. Written with the position of the page, so that each page counts once.
CREATE TABLE table_days (
  source     text NOT NULL,
  day        date NOT NULL,
  rows       bigint NOT NULL,
  accepted   bigint NOT NULL,
  rejected   bigint NOT NULL,
  duplicates bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, day)
);
