-- Who may sign in. `stores` is the manager's store scope (null for other roles); `seller` binds a seller to the id in the sales.
-- Times that end something are set by the presentation tier; the database only keeps them.
CREATE TABLE people (
  id           text PRIMARY KEY,
  email        text NOT NULL,
  name         text NOT NULL,
  role         text NOT NULL CHECK (role IN ('admin', 'manager', 'seller')),
  stores       text[],
  seller       text,
  password     text,
  locale       text,
  totp_secret  text,
  totp_counter bigint,
  created_at   timestamptz NOT NULL DEFAULT now(),
  disabled_at  timestamptz,
  CHECK ((role = 'manager') = (stores IS NOT NULL)),
  CHECK ((role = 'seller') = (seller IS NOT NULL))
);
CREATE UNIQUE INDEX people_by_email ON people (lower(email));

-- A signed-in browser. `id` is the digest of the cookie's token: a copy of this table signs nobody in.
CREATE TABLE sessions (
  id         text PRIMARY KEY,
  person     text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  address    text NOT NULL,
  agent      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

-- Bearer tokens for programs, each one person's. `digest` as above.
CREATE TABLE tokens (
  id         text PRIMARY KEY,
  person     text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name       text NOT NULL,
  digest     text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at    timestamptz,
  expires_at timestamptz
);

-- Failed sign-ins, counted per account and address to slow guessing down. Swept when they no longer count.
CREATE TABLE sign_in_failures (
  account text NOT NULL,
  address text NOT NULL,
  at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (at);

-- Who did what to whom: sign-ins, changes of people, personal data seen.
CREATE TABLE audit (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  person  text,
  action  text NOT NULL,
  subject text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_time ON audit (at DESC);
