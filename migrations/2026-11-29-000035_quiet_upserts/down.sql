DROP TRIGGER removed_activities_are_notified ON activities;
DROP TRIGGER changed_activities_are_notified ON activities;
DROP TRIGGER added_activities_are_notified ON activities;
DROP FUNCTION notify_of_changes();

CREATE OR REPLACE FUNCTION take_activity_revisions(owner UUID, how_many BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    feed activity_feeds;
BEGIN
    INSERT INTO activity_feeds AS f (user_id, last_revision) VALUES (owner, how_many)
    ON CONFLICT (user_id) DO UPDATE SET last_revision = f.last_revision + how_many
    RETURNING * INTO feed;
    IF feed.awaited_until > now() THEN
        PERFORM pg_notify('activities', owner::text);
    END IF;
    RETURN feed.last_revision;
END $$;
