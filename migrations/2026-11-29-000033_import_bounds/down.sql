-- An older server would hand out compressed bytes as the file.
DO $$ BEGIN
    IF EXISTS (SELECT FROM originals WHERE is_packed) THEN
        RAISE EXCEPTION 'originals are kept compressed, which an older version cannot read';
    END IF;
END $$;
UPDATE import_files SET outcome = 'duplicate' WHERE outcome = 'updated';
ALTER TABLE import_files DROP CONSTRAINT import_files_outcome_check,
    ADD CONSTRAINT import_files_outcome_check CHECK (outcome IN ('imported', 'merged', 'duplicate', 'refused'));
ALTER TABLE activity_streams DROP COLUMN efforts_attempts;
ALTER TABLE import_files DROP COLUMN files;
DROP INDEX imports_receiving_idx;
ALTER TABLE imports DROP COLUMN done, DROP COLUMN progressed_at, DROP COLUMN claimed_at;
ALTER TABLE originals DROP COLUMN is_packed;
