-- Where an event came from: a network, never an address, and only for 90 days.
ALTER TABLE auth_events ADD COLUMN network TEXT;
CREATE INDEX auth_events_network_idx ON auth_events (at) WHERE network IS NOT NULL;

-- Append-only as before, but that old networks are erased.
CREATE OR REPLACE FUNCTION keep_auth_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days'
                             OR NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id)) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.at < now() - interval '90 days' AND NEW.network IS NULL
       AND to_jsonb(NEW) - 'network' = to_jsonb(OLD) - 'network' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'auth_events is append-only';
END $$;
