-- Sessions that can be seen and ended, accounts that can be locked, and what happened to an account.

-- A row is a session while it is there, has not expired, and its version is still the user's.
CREATE TABLE sessions (
    id            UUID PRIMARY KEY,
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    token_version INTEGER NOT NULL,
    method        TEXT NOT NULL,
    device        TEXT NOT NULL CHECK (char_length(device) <= 100),
    -- Which refresh token is the newest: tokens are derived from it, and none is stored.
    generation    INTEGER NOT NULL DEFAULT 0,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_used_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id, last_used_at DESC);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- An account that was made through a provider has an address once its owner has proven one.
ALTER TABLE users ADD COLUMN locked_at TIMESTAMPTZ, ALTER COLUMN email DROP NOT NULL;

-- What happened to an account's ways in. No foreign key: that an account was deleted outlives it.
CREATE TABLE auth_events (
    id      UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID,
    kind    TEXT NOT NULL,
    -- The way in or the provider it was about, where there is one.
    method  TEXT,
    device  TEXT CHECK (char_length(device) <= 100),
    at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX auth_events_user_id_idx ON auth_events (user_id, at DESC, id DESC);
CREATE INDEX auth_events_at_idx ON auth_events (at);

-- Append-only: nothing is changed, and nothing deleted but with its account or after a year.
CREATE FUNCTION keep_auth_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days'
                             OR NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'auth_events is append-only';
END $$;
CREATE TRIGGER auth_events_are_kept BEFORE UPDATE OR DELETE ON auth_events
    FOR EACH ROW EXECUTE FUNCTION keep_auth_events();
CREATE TRIGGER auth_events_are_kept_whole BEFORE TRUNCATE ON auth_events
    FOR EACH STATEMENT EXECUTE FUNCTION keep_auth_events();

-- A code can prove a new address, or that it is the owner who changes the account.
ALTER TABLE otp_challenges DROP CONSTRAINT otp_challenges_purpose_check,
    ADD CONSTRAINT otp_challenges_purpose_check CHECK (purpose IN ('login', 'phone', 'email', 'change'));

-- Whom a message goes to when that is not the user's present address: an address that was
-- replaced, an account that is gone. Whatever ends the message erases it.
ALTER TABLE outbox ADD COLUMN recipient TEXT, ALTER COLUMN user_id DROP NOT NULL;
CREATE FUNCTION erase_outbox_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recipient := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_recipient_is_erased BEFORE UPDATE ON outbox
    FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL AND NEW.recipient IS NOT NULL)
    EXECUTE FUNCTION erase_outbox_recipient();
