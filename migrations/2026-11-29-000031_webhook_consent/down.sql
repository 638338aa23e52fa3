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
DROP TRIGGER webhook_events_are_forgotten ON webhook_deliveries;
DROP FUNCTION forget_webhook_events;
DELETE FROM outbox WHERE channel = 'webhook'
    AND subject_id IN (SELECT id FROM webhook_deliveries WHERE event = 'activities.changed');
DELETE FROM webhook_deliveries WHERE event = 'activities.changed';
ALTER TABLE webhook_deliveries ADD COLUMN payload JSONB;
UPDATE webhook_deliveries d SET payload = e.payload FROM webhook_events e WHERE e.id = d.event_id;
ALTER TABLE webhook_deliveries ALTER COLUMN payload SET NOT NULL, DROP COLUMN event_id;
DROP TABLE webhook_events;
ALTER TABLE webhooks DROP COLUMN verified_at, DROP COLUMN challenge_error, DROP COLUMN skipped_since;
