-- Remuneration plans as people write them. Never edited for the past: one ends (validTo) and another begins, unless the change is meant to be paid as an adjustment.
CREATE TABLE pay_plans (
  id         text PRIMARY KEY,
  plan       jsonb NOT NULL,
  updated_by text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Who is paid by which plan. Without any row, everybody has the plan that DataApp comes with.
CREATE TABLE pay_assignments (
  id         text PRIMARY KEY,
  person     text NOT NULL,
  assignment jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pay_assignments_by_person ON pay_assignments (person);

-- Months that were paid: frozen. What changes afterwards is an adjustment in a later one.
CREATE TABLE pay_closed (
  person    text NOT NULL,
  month     text NOT NULL,
  closed    jsonb NOT NULL,
  closed_by text NOT NULL,
  closed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person, month)
);
