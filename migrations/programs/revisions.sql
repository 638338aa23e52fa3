-- Revisions, which number the changes so that copies of a log can be kept up to date. Assigned by
-- triggers, so that no statement can omit them.
--
-- All statements that write to a log take locks in this order: the advisory lock on the user's
-- names (if names are given, or if the same activity is searched for), the rows of activities, the
-- user's row of activity_feeds, and then activity_days, tombstones and deliveries of webhooks.

-- Takes `how_many` new revisions of a user, and returns the last one.
CREATE FUNCTION take_activity_revisions(owner UUID, how_many BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    taken BIGINT;
BEGIN
    INSERT INTO activity_feeds AS f (user_id, last_revision) VALUES (owner, how_many)
    ON CONFLICT (user_id) DO UPDATE SET last_revision = f.last_revision + how_many
    RETURNING last_revision INTO taken;
    RETURN taken;
END $$;

-- A statement that changes many activities takes their revisions at once and sets them itself.
CREATE FUNCTION number_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := take_activity_revisions(NEW.user_id, 1);
    RETURN NEW;
END $$;
CREATE TRIGGER activities_insert_1_number BEFORE INSERT ON activities
    FOR EACH ROW WHEN (NEW.revision IS NULL) EXECUTE FUNCTION number_activity();
CREATE TRIGGER activities_update_1_number BEFORE UPDATE ON activities
    FOR EACH ROW WHEN (NEW.revision = OLD.revision) EXECUTE FUNCTION number_activity();

-- Wakes requests that wait for changes. The writer has taken a revision and so holds the lock on
-- the row of activity_feeds. A request that begins to wait meanwhile waits for this lock, and then
-- reads the change.
CREATE FUNCTION notify_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('activities', f.user_id::text) FROM activity_feeds f
    WHERE f.awaited_until > now() AND f.user_id IN (SELECT user_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER activities_insert_4_notify AFTER INSERT ON activities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
CREATE TRIGGER activities_update_8_notify AFTER UPDATE ON activities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
CREATE TRIGGER activities_delete_7_notify AFTER DELETE ON activities
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
