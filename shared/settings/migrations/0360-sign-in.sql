-- Sign-in beyond e-mail and password.
-- `issuer` and `subject` name a person at the company's provider; what is here of them follows the provider's claims at each sign-in.
-- `totp_secret` counts once it is confirmed; `totp_draft` waits for its first code. Recovery codes are digests, each good once.
ALTER TABLE people
  ADD COLUMN issuer         text,
  ADD COLUMN subject        text,
  ADD COLUMN totp_draft     text,
  ADD COLUMN recovery_codes text[] NOT NULL DEFAULT '{}',
  ADD COLUMN signed_in_at   timestamptz;
CREATE UNIQUE INDEX people_by_subject ON people (issuer, subject);

-- How a session was opened: by password (with or without a second factor) or by the provider.
ALTER TABLE sessions ADD COLUMN opened_by text NOT NULL DEFAULT 'password' CHECK (opened_by IN ('password', 'provider'));

-- A link that sets a new password, once. `digest` is of the link's secret: a copy of this table resets nothing.
CREATE TABLE password_resets (
  digest     text PRIMARY KEY,
  person     text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX password_resets_by_person ON password_resets (person);

-- A sign-in that is at the provider now. `id` is the digest of a cookie's secret, so that only the browser that left can come back.
CREATE TABLE provider_visits (
  id         text PRIMARY KEY,
  state      text NOT NULL,
  nonce      text NOT NULL,
  verifier   text NOT NULL,
  expires_at timestamptz NOT NULL
);
