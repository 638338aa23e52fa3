-- Logging in through providers.

-- One account of a provider's for one of ours, and what people know it by.
ALTER TABLE oauth_connections
    ADD COLUMN name TEXT CHECK (char_length(name) <= 200),
    ADD COLUMN email TEXT CHECK (char_length(email) <= 254),
    ADD COLUMN created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Which key the tokens are encrypted with.
    ADD COLUMN token_key_id TEXT,
    ADD CHECK ((access_token IS NULL) = (token_key_id IS NULL)),
    ADD UNIQUE (user_id, provider);
DROP INDEX oauth_connections_user_id_idx;

-- A login at a provider comes back once.
CREATE TABLE spent_oauth_states (
    id       UUID PRIMARY KEY,
    spent_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
