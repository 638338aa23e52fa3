-- What devices know of an activity besides, and what people know of a session of strength.

ALTER TABLE activities
    ADD COLUMN title TEXT CHECK (char_length(title) <= 200),
    -- From start to end, and without standing still; duration_secs is the time that the timer ran.
    ADD COLUMN elapsed_secs INTEGER CHECK (elapsed_secs BETWEEN 0 AND 31622400),
    ADD COLUMN moving_secs INTEGER CHECK (moving_secs BETWEEN 0 AND 31622400),
    ADD COLUMN elevation_gain_meters REAL CHECK (elevation_gain_meters BETWEEN 0 AND 1e6),
    ADD COLUMN elevation_loss_meters REAL CHECK (elevation_loss_meters BETWEEN 0 AND 1e6),
    ADD COLUMN avg_heart_rate INTEGER CHECK (avg_heart_rate BETWEEN 1 AND 300),
    ADD COLUMN max_heart_rate INTEGER CHECK (max_heart_rate BETWEEN 1 AND 300),
    ADD COLUMN avg_power_watts INTEGER CHECK (avg_power_watts BETWEEN 0 AND 10000),
    -- Turns, strides or strokes a minute.
    ADD COLUMN avg_cadence REAL CHECK (avg_cadence BETWEEN 0 AND 1000),
    -- Of the place and the day where it began.
    ADD COLUMN utc_offset_minutes INTEGER CHECK (utc_offset_minutes BETWEEN -1080 AND 1080),
    ADD COLUMN device TEXT CHECK (char_length(device) <= 200),
    -- The sport as the source calls it.
    ADD COLUMN sport_raw TEXT CHECK (char_length(sport_raw) <= 200),
    -- The first part of what was recorded as one, such as a triathlon.
    ADD COLUMN parent_id UUID REFERENCES activities ON DELETE SET NULL,
    ADD COLUMN laps JSONB CHECK (jsonb_typeof(laps) = 'array'),
    ADD COLUMN sets JSONB CHECK (jsonb_typeof(sets) = 'array');

CREATE INDEX activities_parent_id_idx ON activities (parent_id) WHERE parent_id IS NOT NULL;

-- An activity as a list shows it, for those who are told of it.
CREATE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity) - ARRAY['user_id', 'device_data', 'laps', 'sets']
$$;

CREATE OR REPLACE FUNCTION announce_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happened TEXT := CASE TG_OP WHEN 'INSERT' THEN 'activity.created' WHEN 'UPDATE' THEN 'activity.updated'
                                ELSE 'activity.deleted' END;
    activity activities;
BEGIN
    IF TG_OP = 'DELETE' THEN activity := OLD; ELSE activity := NEW; END IF;
    -- Of a deleted account there is nobody to tell.
    IF NOT EXISTS (SELECT FROM webhooks JOIN users ON users.id = user_id
                   WHERE user_id = activity.user_id AND disabled_at IS NULL AND happened = ANY (events)) THEN
        RETURN NULL;
    END IF;
    WITH made AS (
        INSERT INTO webhook_deliveries (webhook_id, event, payload)
        SELECT id, happened, jsonb_build_object('type', happened, 'timestamp', now(), 'data',
            CASE TG_OP WHEN 'DELETE'
                THEN jsonb_build_object('id', activity.id, 'source', activity.source, 'external_id', activity.external_id,
                                        'revision', activity.revision)
                ELSE activity_summary(activity) END)
        FROM webhooks WHERE user_id = activity.user_id AND disabled_at IS NULL AND happened = ANY (events)
        -- One that is just being deleted is waited for, and then skipped.
        FOR KEY SHARE
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', activity.user_id, id, now() + interval '3 days' FROM made;
    NOTIFY outbox;
    RETURN NULL;
END $$;
