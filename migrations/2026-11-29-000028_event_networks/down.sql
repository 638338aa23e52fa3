CREATE OR REPLACE FUNCTION keep_auth_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days'
                             OR NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'auth_events is append-only';
END $$;
ALTER TABLE auth_events DROP COLUMN network;
