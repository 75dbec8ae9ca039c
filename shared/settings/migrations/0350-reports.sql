-- A report as its maker left it last. Every earlier form is in `report_versions`; `version` counts up and guards against two people saving over each other.
CREATE TABLE reports (
  id         text PRIMARY KEY,
  owner      text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  version    integer NOT NULL,
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reports_by_owner ON reports (owner);

CREATE TABLE report_versions (
  report     text NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  version    integer NOT NULL,
  definition jsonb NOT NULL,
  saved_by   text NOT NULL,
  saved_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (report, version)
);

-- With whom a report is shared: a person's id, or everybody of a role. What they see in it is bounded by their own scope.
CREATE TABLE report_shares (
  report text NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  kind   text NOT NULL CHECK (kind IN ('person', 'role')),
  target text NOT NULL,
  PRIMARY KEY (report, kind, target)
);
CREATE INDEX report_shares_by_target ON report_shares (kind, target);

-- Links to a report, known by the digest of their secret. `open` ones need no sign-in; only an admin makes those.
CREATE TABLE report_links (
  id         text PRIMARY KEY,
  report     text NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  maker      text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  digest     text NOT NULL UNIQUE,
  open       boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX report_links_by_report ON report_links (report);

-- When a report goes out by mail. `next_at` is moved on in the transaction that puts the letters into the outbox.
CREATE TABLE report_schedules (
  id         text PRIMARY KEY,
  report     text NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  maker      text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  rhythm     jsonb NOT NULL,
  format     text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
  recipients text[] NOT NULL,
  next_at    timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX report_schedules_due ON report_schedules (next_at);

-- One letter per schedule, due time and recipient: `id` says which, so that none is made twice. Kept until it has left, and after that as a record.
CREATE TABLE report_outbox (
  id        text PRIMARY KEY,
  schedule  text NOT NULL,
  report    text NOT NULL,
  recipient text NOT NULL,
  run_at    timestamptz NOT NULL,
  due_at    timestamptz NOT NULL,
  attempts  integer NOT NULL DEFAULT 0,
  sent_at   timestamptz,
  failure   text
);
CREATE INDEX report_outbox_due ON report_outbox (due_at) WHERE sent_at IS NULL
