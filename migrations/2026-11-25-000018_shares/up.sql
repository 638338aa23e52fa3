-- Pictures that their owner shows to whoever has the link.

CREATE TABLE shares (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Of the secret in the link, which is kept nowhere.
    digest      BYTEA NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    activity_id UUID REFERENCES activities ON DELETE CASCADE,
    -- Which picture, and how it looks.
    picture     JSONB NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at  TIMESTAMPTZ
);
CREATE INDEX shares_user_id_idx ON shares (user_id, created_at);
CREATE INDEX shares_activity_id_idx ON shares (activity_id) WHERE activity_id IS NOT NULL;
