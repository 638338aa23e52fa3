-- Retention of the audit log, and erasure of recipients.

-- The audit log is append-only. The only exceptions: networks are erased after 90 days, and events
-- are deleted after a year or with their account.
CREATE FUNCTION keep_auth_events() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER auth_events_change_1_keep BEFORE UPDATE OR DELETE ON auth_events
    FOR EACH ROW EXECUTE FUNCTION keep_auth_events();
CREATE TRIGGER auth_events_truncate_1_keep BEFORE TRUNCATE ON auth_events
    FOR EACH STATEMENT EXECUTE FUNCTION keep_auth_events();

-- Erases the recipient of a message that has ended.
CREATE FUNCTION erase_outbox_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recipient := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_update_1_erase_recipient BEFORE UPDATE ON outbox
    FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL AND NEW.recipient IS NOT NULL)
    EXECUTE FUNCTION erase_outbox_recipient();
