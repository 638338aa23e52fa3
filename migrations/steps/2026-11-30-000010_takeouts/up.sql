-- A copy of all that an account has, made when its owner asks for it.

CREATE TABLE takeouts (
    user_id      UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    id           UUID NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    status       TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'done', 'failed')),
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at  TIMESTAMPTZ,
    claim        UUID,
    leased_until TIMESTAMPTZ,
    attempts     INTEGER NOT NULL DEFAULT 0,
    found        BIGINT NOT NULL DEFAULT 0,
    done         BIGINT NOT NULL DEFAULT 0,
    bytes        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX takeouts_unfinished_idx ON takeouts (created_at) WHERE status IN ('waiting', 'running');
COMMENT ON TABLE takeouts IS 'Account exports: the last of each account.';
COMMENT ON COLUMN takeouts.id IS 'Of this copy: who makes it writes for it and for no later one.';
COMMENT ON COLUMN takeouts.found IS 'How much there is to do, and done how much of it is done: activities, files and series.';

CREATE TABLE takeout_chunks (
    takeout_id UUID NOT NULL REFERENCES takeouts (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    data       BYTEA NOT NULL,
    PRIMARY KEY (takeout_id, number)
);
ALTER TABLE takeout_chunks ALTER data SET STORAGE EXTERNAL;
COMMENT ON TABLE takeout_chunks IS 'The bytes of the archives.';
