-- What one upload, one user and one broken file may cost.

-- Whether the content, here or in a folder, is compressed by gzip. `bytes` and `sha256` are of the file itself.
ALTER TABLE originals ADD COLUMN is_packed BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE imports
    -- The number of the first file without an outcome: those of files that are summed up have no rows.
    ADD COLUMN done INTEGER NOT NULL DEFAULT 0,
    -- When the last outcome was written; before the first one, when the last chunk came.
    ADD COLUMN progressed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Users take turns: next is the one whose last import was claimed longest ago.
    ADD COLUMN claimed_at TIMESTAMPTZ;
CREATE INDEX imports_receiving_idx ON imports (progressed_at) WHERE status = 'receiving';

-- How many files a row stands for.
ALTER TABLE import_files ADD COLUMN files INTEGER NOT NULL DEFAULT 1 CHECK (files > 0);

-- How often somebody has begun to search these streams for efforts since they were last searched.
ALTER TABLE activity_streams ADD COLUMN efforts_attempts SMALLINT NOT NULL DEFAULT 0;

-- An activity that was listed without a recording is given the one that comes later.
ALTER TABLE import_files DROP CONSTRAINT import_files_outcome_check,
    ADD CONSTRAINT import_files_outcome_check
        CHECK (outcome IN ('imported', 'merged', 'updated', 'duplicate', 'refused'));
