-- How often rejected rows of a file were told again: each time under versions of its own, which lie after the file's and before those of whatever came later.
ALTER TABLE ledger ADD COLUMN replays integer NOT NULL DEFAULT 0;
