-- One row each time somebody's access became another one: role or scope changed, locked, signed out, removed, a token revoked; by whichever instance, command or hand.
-- Every instance looks here before it tells news. Rows are only added, so that no change waits for another's transaction.
CREATE TABLE access_changes (
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION note_access_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO access_changes DEFAULT VALUES; RETURN NULL; END $$;

CREATE TRIGGER access_of_people AFTER UPDATE OF role, stores, seller, disabled_at, totp_secret OR DELETE ON people
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change();

CREATE TRIGGER access_of_sessions AFTER DELETE ON sessions
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change();

CREATE TRIGGER access_of_tokens AFTER DELETE ON tokens
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change();
