-- Work that one process at a time may do. A holder that is gone loses it when its time is over.
CREATE TABLE leases (
  name   text PRIMARY KEY,
  holder text NOT NULL,
  until  timestamptz NOT NULL
);
