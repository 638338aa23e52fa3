-- Personal access tokens: what scripts and devices log in with. Each is a session that is never
-- refreshed, so that whatever ends sessions ends tokens too; its secret is stored as a digest.
CREATE TABLE personal_tokens (
    id           UUID PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
    digest       BYTEA NOT NULL UNIQUE,
    name         TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    scopes       TEXT[] NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- To the minute.
    last_used_at TIMESTAMPTZ
);
