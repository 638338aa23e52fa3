ALTER TABLE imports DROP COLUMN may_restore;
