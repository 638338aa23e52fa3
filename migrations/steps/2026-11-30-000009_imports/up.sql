-- Imports: the uploaded files, and the outcome of each.

CREATE TABLE imports (
    id            UUID PRIMARY KEY DEFAULT new_id(),
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    status        TEXT NOT NULL DEFAULT 'receiving'
                  CHECK (status IN ('receiving', 'waiting', 'running', 'done', 'cancelled', 'failed')),
    bytes         BIGINT NOT NULL DEFAULT 0,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at    TIMESTAMPTZ,
    finished_at   TIMESTAMPTZ,
    claim         UUID,
    leased_until  TIMESTAMPTZ,
    attempts      INTEGER NOT NULL DEFAULT 0,
    found         INTEGER NOT NULL DEFAULT 0,
    ignored       INTEGER NOT NULL DEFAULT 0,
    code          TEXT,
    message       TEXT,
    may_restore   BOOLEAN NOT NULL DEFAULT true,
    done          INTEGER NOT NULL DEFAULT 0,
    progressed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    claimed_at    TIMESTAMPTZ,
    ignored_files JSONB
);
CREATE INDEX imports_user_id_idx ON imports (user_id, created_at DESC);
CREATE INDEX imports_unfinished_idx ON imports (created_at) WHERE status IN ('waiting', 'running');
CREATE INDEX imports_receiving_idx ON imports (progressed_at) WHERE status = 'receiving';
COMMENT ON TABLE imports IS 'Uploads of recordings.';
COMMENT ON COLUMN imports.claim IS
    'The worker that processes the import. leased_until: until when no other worker may claim it.';
COMMENT ON COLUMN imports.attempts IS 'The number of attempts since the last finished file.';
COMMENT ON COLUMN imports.found IS 'The number of files found so far. ignored: those that are not recordings.';
COMMENT ON COLUMN imports.code IS 'Why the whole import failed. message says it in words.';
COMMENT ON COLUMN imports.may_restore IS
    'Whether an account export may restore the profile and goals. A personal access token may import only activities.';
COMMENT ON COLUMN imports.done IS
    'The number of the first file without an outcome. Needed because summarised files have no rows.';
COMMENT ON COLUMN imports.progressed_at IS
    'When the last outcome was written or, before that, when the last chunk was received.';
COMMENT ON COLUMN imports.claimed_at IS
    'Users take turns: the next one is the user whose last import was claimed the longest time ago.';
COMMENT ON COLUMN imports.ignored_files IS
    'Files in archives that were not read: the names of the first ones, with a hint for files of a known format.';

CREATE TABLE import_parts (
    import_id UUID NOT NULL REFERENCES imports ON DELETE CASCADE,
    part      INTEGER NOT NULL,
    name      TEXT NOT NULL CHECK (char_length(name) <= 255),
    bytes     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, part)
);
COMMENT ON TABLE import_parts IS 'Uploaded files and the contents of archives among them, until the import ends.';

CREATE TABLE import_chunks (
    import_id UUID NOT NULL,
    part      INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    data      BYTEA NOT NULL,
    PRIMARY KEY (import_id, part, number),
    FOREIGN KEY (import_id, part) REFERENCES import_parts ON DELETE CASCADE
);
ALTER TABLE import_chunks ALTER data SET STORAGE EXTERNAL;
COMMENT ON TABLE import_chunks IS 'The bytes of the parts.';

CREATE TABLE import_files (
    import_id    UUID NOT NULL REFERENCES imports ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('imported', 'merged', 'updated', 'duplicate', 'refused')),
    code         TEXT,
    message      TEXT,
    activity_ids UUID[] NOT NULL DEFAULT '{}',
    files        INTEGER NOT NULL DEFAULT 1 CHECK (files > 0),
    warning      TEXT,
    PRIMARY KEY (import_id, number)
);
COMMENT ON TABLE import_files IS 'The outcome of each file, written in the transaction that stores its activities.';
COMMENT ON COLUMN import_files.files IS 'The number of files that the row represents.';
COMMENT ON COLUMN import_files.warning IS 'What is damaged or missing in a file that was read anyway.';
