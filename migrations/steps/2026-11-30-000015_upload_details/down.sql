ALTER TABLE imports DROP COLUMN details;
