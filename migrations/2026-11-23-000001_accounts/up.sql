-- Accounts: who somebody is, and every way to prove it.

CREATE TABLE users (
    id            UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Normalised by the application: one account per mailbox, whatever its spelling.
    email         TEXT NOT NULL UNIQUE CHECK (char_length(email) BETWEEN 3 AND 254),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Access tokens carry it; raising it ends every session.
    token_version INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE profiles (
    user_id         UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    display_name    TEXT CHECK (char_length(display_name) BETWEEN 1 AND 100),
    preferred_units TEXT NOT NULL DEFAULT 'metric' CHECK (preferred_units IN ('metric', 'imperial')),
    phone_number    TEXT CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
    phone_verified  BOOLEAN NOT NULL DEFAULT false CHECK (NOT phone_verified OR phone_number IS NOT NULL),
    preferences     JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE oauth_connections (
    id            UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    provider      TEXT NOT NULL,
    provider_uid  TEXT NOT NULL,
    -- Ciphertext: a provider's tokens are never stored in the clear.
    access_token  BYTEA,
    refresh_token BYTEA,
    expires_at    TIMESTAMPTZ,
    UNIQUE (provider, provider_uid)
);
CREATE INDEX oauth_connections_user_id_idx ON oauth_connections (user_id);

CREATE TABLE local_credentials (
    user_id        UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- An argon2id PHC string; NULL while no password was proven to be the mailbox owner's.
    password_hash  TEXT,
    email_verified BOOLEAN NOT NULL DEFAULT false,
    -- A keyed digest; the token itself is only in the mail.
    reset_token    BYTEA UNIQUE,
    reset_expires  TIMESTAMPTZ,
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (email_verified OR password_hash IS NULL),
    CHECK ((reset_token IS NULL) = (reset_expires IS NULL))
);

-- One row for each registration of an address that nobody has proven yet. Password and
-- verification token stand side by side, so that a token can activate no other password
-- than the one it was mailed for.
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

CREATE TABLE otp_challenges (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    channel     TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    destination TEXT NOT NULL,
    code_hash   BYTEA NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    used        BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX otp_challenges_user_id_idx ON otp_challenges (user_id, created_at DESC);
