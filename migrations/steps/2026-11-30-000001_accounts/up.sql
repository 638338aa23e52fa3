-- Accounts: users, their login methods and their sessions.

-- Ids that begin with the time (RFC 9562, version 7), for rows whose id is not secret: new rows are
-- next to each other in an index. Ids from which secrets are derived use gen_random_uuid().
-- PostgreSQL 18 has uuidv7().
CREATE FUNCTION new_id() RETURNS UUID LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
           52, 1), 53, 1), 'hex')::uuid;

CREATE TABLE users (
    id              UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email           TEXT UNIQUE CHECK (char_length(email) BETWEEN 3 AND 254),
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    token_version   INTEGER NOT NULL DEFAULT 0,
    locked_at       TIMESTAMPTZ,
    email_failed_at TIMESTAMPTZ,
    email_failure   TEXT,
    CONSTRAINT users_email_failure_check CHECK ((email_failed_at IS NULL) = (email_failure IS NULL))
);
CREATE INDEX users_email_failed_at_idx ON users (email_failed_at) WHERE email_failed_at IS NOT NULL;
COMMENT ON TABLE users IS
    'Accounts. Their login methods are in local_credentials, oauth_connections and profiles.phone_number.';
COMMENT ON COLUMN users.email IS
    'Normalised by the application, so that different spellings of a mailbox are one account. NULL until the owner of '
    'an account that was created through a provider verifies an address.';
COMMENT ON COLUMN users.token_version IS 'Part of each access token. Raising it ends all sessions.';
COMMENT ON COLUMN users.email_failed_at IS
    'Since when mail to the current address has failed. Stored here because the outbox keeps messages for only 30 '
    'days.';

CREATE TABLE profiles (
    user_id           UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    display_name      TEXT CHECK (char_length(display_name) BETWEEN 1 AND 100),
    preferred_units   TEXT NOT NULL DEFAULT 'metric' CHECK (preferred_units IN ('metric', 'imperial')),
    phone_number      TEXT CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
    phone_verified    BOOLEAN NOT NULL DEFAULT false,
    preferences       JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
    updated_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    time_zone         TEXT NOT NULL DEFAULT 'UTC' CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    phone_failed_at   TIMESTAMPTZ,
    phone_failure     TEXT,
    phone_verified_at TIMESTAMPTZ,
    CHECK (NOT phone_verified OR phone_number IS NOT NULL),
    CONSTRAINT profiles_phone_failure_check CHECK ((phone_failed_at IS NULL) = (phone_failure IS NULL))
);
-- A verified number identifies one account.
CREATE UNIQUE INDEX profiles_proven_phone_number_key ON profiles (phone_number) WHERE phone_verified;
CREATE INDEX profiles_phone_failed_at_idx ON profiles (phone_failed_at) WHERE phone_failed_at IS NOT NULL;
COMMENT ON TABLE profiles IS 'The user''s settings: one row for each user.';
COMMENT ON COLUMN profiles.time_zone IS 'The time zone of the user''s days, weeks and months.';
COMMENT ON COLUMN profiles.phone_failed_at IS 'Since when text messages to the current number have failed.';
COMMENT ON COLUMN profiles.phone_verified_at IS
    'When the number was verified. A recently verified number cannot confirm changes of the account. NULL if the time '
    'is unknown.';

CREATE TABLE local_credentials (
    user_id        UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    password_hash  TEXT,
    email_verified BOOLEAN NOT NULL DEFAULT false,
    reset_token    BYTEA UNIQUE,
    reset_expires  TIMESTAMPTZ,
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    reset_id       UUID,
    CHECK (email_verified OR password_hash IS NULL),
    CHECK ((reset_token IS NULL) = (reset_expires IS NULL))
);
COMMENT ON TABLE local_credentials IS 'Login with address and password.';
COMMENT ON COLUMN local_credentials.password_hash IS
    'An argon2id PHC string. NULL until a password is confirmed by the owner of the mailbox.';
COMMENT ON COLUMN local_credentials.reset_token IS 'A keyed digest. The token itself is only in the mail.';
COMMENT ON COLUMN local_credentials.reset_id IS
    'The reset link is derived from this id, so that another request, which anyone can make, mails the same link '
    'instead of invalidating the owner''s.';

CREATE TABLE registrations (
    id             UUID PRIMARY KEY,
    user_id        UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    password_hash  TEXT NOT NULL,
    display_name   TEXT CHECK (char_length(display_name) BETWEEN 1 AND 100),
    verify_token   BYTEA NOT NULL UNIQUE,
    verify_expires TIMESTAMPTZ NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX registrations_user_id_idx ON registrations (user_id, created_at DESC);
-- Unconfirmed registrations are deleted every hour.
CREATE INDEX registrations_verify_expires_idx ON registrations (verify_expires);
COMMENT ON TABLE registrations IS
    'Registrations whose address is not verified yet. Password and token are in the same row, so that a token '
    'activates only the password for which it was mailed.';

CREATE TABLE oauth_connections (
    id            UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    provider      TEXT NOT NULL,
    provider_uid  TEXT NOT NULL,
    access_token  BYTEA,
    refresh_token BYTEA,
    expires_at    TIMESTAMPTZ,
    name          TEXT CHECK (char_length(name) <= 200),
    email         TEXT CHECK (char_length(email) <= 254),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    token_key_id  TEXT,
    UNIQUE (provider, provider_uid),
    UNIQUE (user_id, provider),
    CHECK ((access_token IS NULL) = (token_key_id IS NULL))
);
COMMENT ON TABLE oauth_connections IS
    'Login through Google, Facebook or another provider: one account at a provider belongs to one user.';
COMMENT ON COLUMN oauth_connections.access_token IS
    'Encrypted, like refresh_token. Tokens are never stored in plain text.';
COMMENT ON COLUMN oauth_connections.token_key_id IS 'The id of the key with which the tokens are encrypted.';

CREATE TABLE otp_challenges (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    channel     TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    destination TEXT NOT NULL,
    code_hash   BYTEA NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    used        BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    purpose     TEXT NOT NULL DEFAULT 'login' CHECK (purpose IN ('login', 'phone', 'email', 'change'))
);
CREATE INDEX otp_challenges_user_id_idx ON otp_challenges (user_id, created_at DESC);
CREATE INDEX otp_challenges_created_at_idx ON otp_challenges (created_at);
COMMENT ON TABLE otp_challenges IS 'One-time codes. The code itself is derived when it is sent, and is never stored.';
COMMENT ON COLUMN otp_challenges.purpose IS
    'The only purpose of the code: to log in, to verify a phone number or a new address, or to confirm that the owner '
    'changes the account.';

CREATE TABLE sessions (
    id              UUID PRIMARY KEY,
    user_id         UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    token_version   INTEGER NOT NULL,
    method          TEXT NOT NULL
                    CHECK (method IN ('local', 'otp', 'google', 'facebook', 'oidc', 'token')),
    device          TEXT NOT NULL CHECK (char_length(device) <= 100),
    generation      INTEGER NOT NULL DEFAULT 0,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_used_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at      TIMESTAMPTZ NOT NULL,
    used_generation INTEGER NOT NULL DEFAULT 0,
    other_device    TEXT CHECK (char_length(other_device) <= 100)
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id, last_used_at DESC);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
COMMENT ON TABLE sessions IS
    'Sessions. A session is valid until it expires, its row is deleted, or the user''s token_version changes.';
COMMENT ON COLUMN sessions.generation IS
    'The generation of the newest refresh token. Tokens are derived from it and are not stored.';
COMMENT ON COLUMN sessions.used_generation IS
    'The newest generation whose tokens were used. Before that, the response with them may have been lost, so the '
    'previous refresh token remains valid.';
COMMENT ON COLUMN sessions.other_device IS 'The last device other than the one that logged in.';

CREATE TABLE personal_tokens (
    id           UUID PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
    digest       BYTEA NOT NULL UNIQUE,
    name         TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    scopes       TEXT[] NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_used_at TIMESTAMPTZ
);
COMMENT ON TABLE personal_tokens IS
    'Personal access tokens for scripts and devices. Each one is a session that is never refreshed, so that ending '
    'sessions also ends tokens.';
COMMENT ON COLUMN personal_tokens.last_used_at IS 'Exact to a minute.';

CREATE TABLE auth_events (
    id      UUID PRIMARY KEY DEFAULT new_id(),
    user_id UUID,
    kind    TEXT NOT NULL CHECK (kind IN (
                'login', 'login_failed', 'logged_out', 'session_ended', 'other_sessions_ended', 'session_device_changed',
                'refresh_refused', 'refresh_token_reused', 'email_verified', 'email_changed', 'password_changed',
                'password_reset', 'phone_verified', 'phone_removed', 'provider_linked', 'provider_unlinked',
                'token_created', 'token_deleted', 'webhook_created', 'webhook_deleted', 'webhook_disabled',
                'share_created', 'share_deleted', 'share_refused', 'export_created', 'export_downloaded',
                'export_refused', 'account_locked', 'account_unlocked', 'reset_granted', 'account_deleted')),
    method  TEXT,
    device  TEXT CHECK (char_length(device) <= 100),
    at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    network TEXT
);
CREATE INDEX auth_events_user_id_idx ON auth_events (user_id, at DESC, id DESC);
CREATE INDEX auth_events_at_idx ON auth_events (at);
CREATE INDEX auth_events_network_idx ON auth_events (at) WHERE network IS NOT NULL;
COMMENT ON TABLE auth_events IS
    'The audit log of accounts. Append-only, which keep_auth_events() enforces. Without a foreign key, so that the '
    'event of an account''s deletion remains.';
COMMENT ON COLUMN auth_events.method IS 'The login method or provider concerned, if any.';
COMMENT ON COLUMN auth_events.network IS 'The network of the client, never its full address. Kept for only 90 days.';

CREATE TABLE spent_oauth_states (
    id       UUID PRIMARY KEY,
    spent_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE spent_oauth_states IS 'Logins at providers that have returned. Each may return only once.';
