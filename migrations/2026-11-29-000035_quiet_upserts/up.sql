-- Requests that wait for changes are woken by changes only. Before, taking numbers woke them: also
-- for an upsert that found everything as it was, and for a change of the time zone.

CREATE OR REPLACE FUNCTION take_activity_revisions(owner UUID, how_many BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    taken BIGINT;
BEGIN
    INSERT INTO activity_feeds AS f (user_id, last_revision) VALUES (owner, how_many)
    ON CONFLICT (user_id) DO UPDATE SET last_revision = f.last_revision + how_many
    RETURNING last_revision INTO taken;
    RETURN taken;
END $$;

-- A writer has taken a number and so holds the row of the feed: a request that begins to wait
-- meanwhile comes after the change, and reads it.
CREATE FUNCTION notify_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('activities', f.user_id::text) FROM activity_feeds f
    WHERE f.awaited_until > now() AND f.user_id IN (SELECT user_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER added_activities_are_notified AFTER INSERT ON activities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
CREATE TRIGGER changed_activities_are_notified AFTER UPDATE ON activities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
CREATE TRIGGER removed_activities_are_notified AFTER DELETE ON activities
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION notify_of_changes();
