ALTER TABLE imports DROP COLUMN ignored_files;
ALTER TABLE import_files DROP COLUMN warning;
