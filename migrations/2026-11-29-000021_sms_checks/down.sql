DROP INDEX outbox_unchecked_idx;
ALTER TABLE outbox DROP COLUMN unchecked_since;
