-- How somebody arranged their pages, and what they have been shown already.
ALTER TABLE people ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';
