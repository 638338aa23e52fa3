-- Files of activities: as they were brought, and what became of each.

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
COMMENT ON TABLE imports IS 'Uploads of files of activities.';
COMMENT ON COLUMN imports.claim IS 'Who works on it; leased_until: until when nobody else does.';
COMMENT ON COLUMN imports.attempts IS 'How often somebody has begun since the last file that was finished.';
COMMENT ON COLUMN imports.found IS 'Files found so far; ignored: those of them that are no recordings.';
COMMENT ON COLUMN imports.code IS 'Why all of it failed, as message says in words.';
COMMENT ON COLUMN imports.may_restore IS
    'Whether an account export may bring its profile and goals: a personal access token may import activities only.';
COMMENT ON COLUMN imports.done IS
    'The number of the first file without an outcome: those of files that are summed up have no rows.';
COMMENT ON COLUMN imports.progressed_at IS 'When the last outcome was written; before the first one, when the last chunk came.';
COMMENT ON COLUMN imports.claimed_at IS 'Users take turns: next is the one whose last import was claimed longest ago.';
COMMENT ON COLUMN imports.ignored_files IS
    'What of the archives is not read: the names of the first, and a word about those of a known format.';

CREATE TABLE import_parts (
    import_id UUID NOT NULL REFERENCES imports ON DELETE CASCADE,
    part      INTEGER NOT NULL,
    name      TEXT NOT NULL CHECK (char_length(name) <= 255),
    bytes     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, part)
);
COMMENT ON TABLE import_parts IS 'What was uploaded, and what archives in it contained, until the import is over.';

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
COMMENT ON TABLE import_files IS 'What became of each file, written in the transaction that keeps its activities.';
COMMENT ON COLUMN import_files.files IS 'How many files the row stands for.';
COMMENT ON COLUMN import_files.warning IS 'What is damaged or missing in a file that was read all the same.';
