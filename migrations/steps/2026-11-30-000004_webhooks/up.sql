-- Webhooks, which inform other services of changes in a user's log.

CREATE TABLE webhooks (
    id              UUID PRIMARY KEY,
    user_id         UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    url             TEXT NOT NULL CHECK (char_length(url) <= 2000),
    events          TEXT[] NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    failing_since   TIMESTAMPTZ,
    disabled_at     TIMESTAMPTZ,
    verified_at     TIMESTAMPTZ,
    challenge_error TEXT,
    skipped_since   TIMESTAMPTZ
);
CREATE INDEX webhooks_user_id_idx ON webhooks (user_id);
COMMENT ON TABLE webhooks IS 'Receivers of events. Nothing is posted to a receiver before it has agreed (verified_at).';
COMMENT ON COLUMN webhooks.id IS 'Random, because the signing key is derived from it.';
COMMENT ON COLUMN webhooks.failing_since IS
    'Since when all deliveries have failed. disabled_at: when the webhook was disabled for that.';
COMMENT ON COLUMN webhooks.challenge_error IS 'Why the last challenge failed.';
COMMENT ON COLUMN webhooks.skipped_since IS
    'Since when events are only summarised, because the day''s posts are used up.';

CREATE TABLE webhook_events (
    id      UUID PRIMARY KEY DEFAULT new_id(),
    payload JSONB NOT NULL
);
COMMENT ON TABLE webhook_events IS 'Payloads of events, stored once for all webhooks. Created by announce_activity().';

CREATE TABLE webhook_deliveries (
    id              UUID PRIMARY KEY DEFAULT new_id(),
    webhook_id      UUID NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event           TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    attempts        INTEGER NOT NULL DEFAULT 0,
    delivered_at    TIMESTAMPTZ,
    response_status INTEGER,
    last_error      TEXT,
    event_id        UUID NOT NULL REFERENCES webhook_events
);
CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, created_at DESC);
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_event_id_idx ON webhook_deliveries (event_id);
COMMENT ON TABLE webhook_deliveries IS 'The delivery log. Deliveries still to be sent are in the outbox.';
