-- Rules of alerts. `owner` is a person's id, or 'chain' for the ready-made ones that everybody is told of within their scope.
CREATE TABLE alert_rules (
  id         text PRIMARY KEY,
  owner      text NOT NULL,
  rule       jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_rules_by_owner ON alert_rules (owner);

-- Where each rule stands (its groups), and under the name '' which firing speaks for which cause. Written together with the firings that follow from it.
CREATE TABLE alert_states (
  rule  text PRIMARY KEY,
  state jsonb NOT NULL
);

-- Every alert ever told, with the numbers that caused it. Kept when its rule goes.
CREATE TABLE alert_firings (
  id            text PRIMARY KEY,
  rule          text NOT NULL,
  owner         text NOT NULL,
  at            timestamptz NOT NULL,
  status        text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved')),
  marked_by     text,
  marked_at     timestamptz,
  snoozed_until timestamptz,
  resolved_at   timestamptz,
  alert         jsonb NOT NULL
);
CREATE INDEX alert_firings_by_time ON alert_firings (at DESC);
CREATE INDEX alert_firings_active ON alert_firings (status) WHERE status <> 'resolved';

-- What people said about alerts, until the evaluation has taken it in.
CREATE TABLE alert_marks (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  firing  text NOT NULL,
  kind    text NOT NULL CHECK (kind IN ('acknowledge', 'snooze')),
  until   timestamptz,
  at      timestamptz NOT NULL DEFAULT now()
);

-- What has to leave: made in the same transaction as the firing, kept until it has left. `id` says what it is, so that nothing is made twice.
CREATE TABLE alert_outbox (
  id       text PRIMARY KEY,
  firing   text NOT NULL,
  channel  text NOT NULL CHECK (channel IN ('bus', 'email', 'webhook')),
  target   text NOT NULL DEFAULT '',
  message  jsonb NOT NULL,
  due_at   timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  sent_at  timestamptz,
  failure  text
);
CREATE INDEX alert_outbox_due ON alert_outbox (due_at) WHERE sent_at IS NULL;

-- Where alerts of a person's rules (or of the chain's) are posted, signed with the secret.
CREATE TABLE alert_webhooks (
  owner      text PRIMARY KEY,
  url        text NOT NULL,
  secret     text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
