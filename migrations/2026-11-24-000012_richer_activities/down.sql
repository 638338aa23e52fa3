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
                ELSE to_jsonb(activity) - 'user_id' - 'device_data' END)
        FROM webhooks WHERE user_id = activity.user_id AND disabled_at IS NULL AND happened = ANY (events)
        -- One that is just being deleted is waited for, and then skipped.
        FOR KEY SHARE
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', activity.user_id, id, now() + interval '3 days' FROM made;
    NOTIFY outbox;
    RETURN NULL;
END $$;
DROP FUNCTION activity_summary;

ALTER TABLE activities
    DROP COLUMN title, DROP COLUMN elapsed_secs, DROP COLUMN moving_secs, DROP COLUMN elevation_gain_meters,
    DROP COLUMN elevation_loss_meters, DROP COLUMN avg_heart_rate, DROP COLUMN max_heart_rate,
    DROP COLUMN avg_power_watts, DROP COLUMN avg_cadence, DROP COLUMN utc_offset_minutes, DROP COLUMN device,
    DROP COLUMN sport_raw, DROP COLUMN parent_id, DROP COLUMN laps, DROP COLUMN sets;
