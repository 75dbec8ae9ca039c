-- Keys, always wrapped. `wrapped_by` names what unwraps: a master key of the key ring file, or a KMS key.
-- purpose `person`: wraps the keys of persons; `record`: encrypts rejected records; `index`: the keyed hashes (one, never rotated).
CREATE TABLE data_keys (
  id         text PRIMARY KEY,
  purpose    text NOT NULL,
  wrapped    text NOT NULL,
  wrapped_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamptz
);

-- One key per customer and seller, known by a keyed hash of who they are. Erasing a person empties `wrapped`: what it encrypted can't be read again, wherever it lies.
CREATE TABLE person_keys (
  id         text PRIMARY KEY,
  data_key   text NOT NULL,
  wrapped    text,
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at  timestamptz
);
CREATE INDEX person_keys_by_data_key ON person_keys (data_key);

-- Who read personal data: no values.
CREATE TABLE personal_reads (
  at     timestamptz NOT NULL DEFAULT now(),
  person text NOT NULL,
  role   text NOT NULL,
  fields text NOT NULL,
  count  integer NOT NULL,
  refused integer NOT NULL
);
CREATE INDEX personal_reads_by_time ON personal_reads (at);
