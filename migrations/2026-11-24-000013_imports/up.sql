-- Files of activities: as they were brought, what became of each, and what was recorded in them.

-- A file as it was. Kept once for each of its owner's accounts, however often it is brought.
CREATE TABLE originals (
    id         UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    sha256     BYTEA NOT NULL CHECK (octet_length(sha256) = 32),
    file_name  TEXT NOT NULL CHECK (char_length(file_name) <= 255),
    bytes      BIGINT NOT NULL,
    -- NULL when it is kept in a folder.
    content    BYTEA,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (user_id, sha256)
);
ALTER TABLE originals ALTER content SET STORAGE EXTERNAL;

ALTER TABLE activities ADD COLUMN original_id UUID REFERENCES originals ON DELETE SET NULL;
CREATE INDEX activities_original_id_idx ON activities (original_id) WHERE original_id IS NOT NULL;

-- Points and what sensors measured, packed; see src/activities/streams.
CREATE TABLE activity_streams (
    activity_id UUID PRIMARY KEY REFERENCES activities ON DELETE CASCADE,
    data        BYTEA NOT NULL
);
-- It is packed already.
ALTER TABLE activity_streams ALTER data SET STORAGE EXTERNAL;

-- A file is there as long as an activity that was made of it.
CREATE FUNCTION forget_original() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM originals o WHERE o.id = OLD.original_id
        AND NOT EXISTS (SELECT FROM activities a WHERE a.original_id = o.id);
    RETURN NULL;
END $$;
CREATE TRIGGER original_is_forgotten AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.original_id IS NOT NULL) EXECUTE FUNCTION forget_original();

CREATE TABLE imports (
    id           UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    status       TEXT NOT NULL DEFAULT 'receiving'
                 CHECK (status IN ('receiving', 'waiting', 'running', 'done', 'cancelled', 'failed')),
    bytes        BIGINT NOT NULL DEFAULT 0,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at   TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ,
    -- Who works on it, and until when nobody else does.
    claim        UUID,
    leased_until TIMESTAMPTZ,
    -- How often somebody has begun since the last file that was finished.
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- Files found so far, and those that are no recordings.
    found        INTEGER NOT NULL DEFAULT 0,
    ignored      INTEGER NOT NULL DEFAULT 0,
    -- Why all of it failed.
    code         TEXT,
    message      TEXT
);
CREATE INDEX imports_user_id_idx ON imports (user_id, created_at DESC);
CREATE INDEX imports_unfinished_idx ON imports (created_at) WHERE status IN ('waiting', 'running');

-- What was uploaded, and what archives in it contained, until the import is over.
CREATE TABLE import_parts (
    import_id UUID NOT NULL REFERENCES imports ON DELETE CASCADE,
    part      INTEGER NOT NULL,
    name      TEXT NOT NULL CHECK (char_length(name) <= 255),
    bytes     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, part)
);
CREATE TABLE import_chunks (
    import_id UUID NOT NULL,
    part      INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    data      BYTEA NOT NULL,
    PRIMARY KEY (import_id, part, number),
    FOREIGN KEY (import_id, part) REFERENCES import_parts ON DELETE CASCADE
);
ALTER TABLE import_chunks ALTER data SET STORAGE EXTERNAL;

-- What became of each file, written in the transaction that keeps its activities.
CREATE TABLE import_files (
    import_id    UUID NOT NULL REFERENCES imports ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('imported', 'duplicate', 'refused')),
    code         TEXT,
    message      TEXT,
    activity_ids UUID[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (import_id, number)
);

-- What lists do not show is not told either.
CREATE OR REPLACE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity) - ARRAY['user_id', 'device_data', 'laps', 'sets', 'original_id']
$$;
