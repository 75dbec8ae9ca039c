-- Which table and column a position is one of: a source that names others begins anew. Empty: from before this was kept.
ALTER TABLE table_cursors ADD COLUMN place text NOT NULL DEFAULT '';
