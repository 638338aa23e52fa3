-- Account exports, which contain all data of an account.

CREATE TABLE account_exports (
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
CREATE INDEX account_exports_unfinished_idx ON account_exports (created_at) WHERE status IN ('waiting', 'running');
COMMENT ON TABLE account_exports IS 'Account exports: the latest one of each account.';
COMMENT ON COLUMN account_exports.id IS
    'Identifies this export, so that a worker writes only to the export that it claimed, never to a later one.';
COMMENT ON COLUMN account_exports.found IS
    'The number of activities, files and series to be exported. done: how many of them are exported.';

CREATE TABLE account_export_chunks (
    account_export_id UUID NOT NULL REFERENCES account_exports (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    data       BYTEA NOT NULL,
    PRIMARY KEY (account_export_id, number)
);
ALTER TABLE account_export_chunks ALTER data SET STORAGE EXTERNAL;
COMMENT ON TABLE account_export_chunks IS 'The bytes of the archives.';
