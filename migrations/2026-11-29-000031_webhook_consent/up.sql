-- Nothing is posted before the receiver has agreed. Those that events have arrived at did so.
ALTER TABLE webhooks
    ADD COLUMN verified_at TIMESTAMPTZ,
    -- Why the last challenge failed.
    ADD COLUMN challenge_error TEXT,
    -- Since when events are summed up, because the day's posts are used up.
    ADD COLUMN skipped_since TIMESTAMPTZ;
UPDATE webhooks w SET verified_at = now()
WHERE EXISTS (SELECT FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.delivered_at IS NOT NULL);

-- What happened, kept once however many webhooks are informed of it.
CREATE TABLE webhook_events (
    id      UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    payload JSONB NOT NULL
);
INSERT INTO webhook_events (id, payload) SELECT id, payload FROM webhook_deliveries;
ALTER TABLE webhook_deliveries ADD COLUMN event_id UUID REFERENCES webhook_events;
UPDATE webhook_deliveries SET event_id = id;
ALTER TABLE webhook_deliveries ALTER COLUMN event_id SET NOT NULL, DROP COLUMN payload;
CREATE INDEX webhook_deliveries_event_id_idx ON webhook_deliveries (event_id);

-- With its last delivery an event goes, too, whichever way that was deleted. Of two deliveries that
-- are deleted at the same time neither is the last; housekeeping deletes what they leave.
CREATE FUNCTION forget_webhook_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM webhook_events e
    WHERE e.id IN (SELECT event_id FROM gone)
      AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = e.id);
    RETURN NULL;
END $$;
CREATE TRIGGER webhook_events_are_forgotten AFTER DELETE ON webhook_deliveries
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_webhook_events();

CREATE OR REPLACE FUNCTION announce_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happened TEXT := CASE TG_OP WHEN 'INSERT' THEN 'activity.created' WHEN 'UPDATE' THEN 'activity.updated'
                                ELSE 'activity.deleted' END;
    activity activities;
    announced UUID;
BEGIN
    IF TG_OP = 'DELETE' THEN activity := OLD; ELSE activity := NEW; END IF;
    -- Of a deleted account there is nobody to tell.
    IF NOT EXISTS (SELECT FROM webhooks JOIN users ON users.id = user_id
                   WHERE user_id = activity.user_id AND verified_at IS NOT NULL AND disabled_at IS NULL
                     AND happened = ANY (events)) THEN
        RETURN NULL;
    END IF;
    INSERT INTO webhook_events (payload)
    VALUES (jsonb_build_object('type', happened, 'timestamp', now(), 'data',
        CASE TG_OP WHEN 'DELETE'
            THEN jsonb_build_object('id', activity.id, 'source', activity.source, 'external_id', activity.external_id,
                                    'revision', activity.revision)
            ELSE activity_summary(activity) END))
    RETURNING id INTO announced;
    WITH made AS (
        INSERT INTO webhook_deliveries (webhook_id, event, event_id)
        SELECT id, happened, announced FROM webhooks
        WHERE user_id = activity.user_id AND verified_at IS NOT NULL AND disabled_at IS NULL
          AND happened = ANY (events)
        -- One that is just being deleted is waited for, and then skipped.
        FOR KEY SHARE
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', activity.user_id, id, now() + interval '3 days' FROM made;
    IF FOUND THEN
        NOTIFY outbox;
    ELSE
        DELETE FROM webhook_events WHERE id = announced;
    END IF;
    RETURN NULL;
END $$;
