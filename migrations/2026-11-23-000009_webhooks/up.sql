-- Telling other services what happens to a user's log.

CREATE TABLE webhooks (
    id            UUID PRIMARY KEY,
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    url           TEXT NOT NULL CHECK (char_length(url) <= 2000),
    events        TEXT[] NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Since when every delivery failed, and when that was enough.
    failing_since TIMESTAMPTZ,
    disabled_at   TIMESTAMPTZ
);
CREATE INDEX webhooks_user_id_idx ON webhooks (user_id);

-- The delivery log; the outbox has what is still to be sent.
CREATE TABLE webhook_deliveries (
    id              UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id      UUID NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event           TEXT NOT NULL,
    payload         JSONB NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    attempts        INTEGER NOT NULL DEFAULT 0,
    delivered_at    TIMESTAMPTZ,
    response_status INTEGER,
    last_error      TEXT
);
CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, created_at DESC);
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);

ALTER TABLE outbox DROP CONSTRAINT outbox_channel_check,
    ADD CONSTRAINT outbox_channel_check CHECK (channel IN ('email', 'sms', 'webhook'));

-- A trigger, so that no writer forgets, in the transaction that makes the change.
CREATE FUNCTION announce_activity() RETURNS trigger LANGUAGE plpgsql AS $$
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
                THEN jsonb_build_object('id', activity.id, 'source', activity.source, 'external_id', activity.external_id)
                ELSE to_jsonb(activity) - 'user_id' - 'device_data' END)
        FROM webhooks WHERE user_id = activity.user_id AND disabled_at IS NULL AND happened = ANY (events)
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', activity.user_id, id, now() + interval '3 days' FROM made;
    NOTIFY outbox;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_is_announced AFTER INSERT OR UPDATE OR DELETE ON activities
    FOR EACH ROW EXECUTE FUNCTION announce_activity();
