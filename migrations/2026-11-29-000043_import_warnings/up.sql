-- What is damaged or missing in a file that was read all the same.
ALTER TABLE import_files ADD COLUMN warning TEXT;
-- What of the archives is not read: the names of the first, and a word about those of a known format.
ALTER TABLE imports ADD COLUMN ignored_files JSONB;
