-- Small facts about this installation that are made once: the sample's shift, secrets of sessions, what has been announced.
CREATE TABLE chain_facts (
  name  text PRIMARY KEY,
  value jsonb NOT NULL,
  at    timestamptz NOT NULL DEFAULT now()
);
