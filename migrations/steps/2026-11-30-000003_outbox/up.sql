-- Messages to be delivered. The rows are authoritative; notifications are only hints.

CREATE TABLE outbox (
    id               UUID PRIMARY KEY DEFAULT new_id(),
    kind             TEXT NOT NULL CHECK (kind IN (
                         'verify_email', 'reset_password', 'account_exists', 'login_code', 'phone_code', 'email_code',
                         'change_code', 'security_notice', 'garmin_reauth', 'webhook')),
    channel          TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook')),
    user_id          UUID REFERENCES users ON DELETE CASCADE,
    subject_id       UUID NOT NULL,
    supersede_key    TEXT,
    priority         SMALLINT NOT NULL DEFAULT 0,
    not_before       TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at       TIMESTAMPTZ NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    status           TEXT NOT NULL DEFAULT 'queued'
                     CHECK (status IN ('queued', 'sending', 'sent', 'dead', 'expired', 'cancelled')),
    lease_until      TIMESTAMPTZ,
    fence            BIGINT NOT NULL DEFAULT 0,
    last_error_class TEXT,
    last_error_code  TEXT,
    provider_id      TEXT,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at      TIMESTAMPTZ,
    unconfirmed      SMALLINT NOT NULL DEFAULT 0 CHECK (unconfirmed >= 0),
    recipient        TEXT,
    unchecked_since  TIMESTAMPTZ,
    CHECK ((status = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('queued', 'sending')) = (finished_at IS NULL))
);
CREATE INDEX outbox_pending_idx ON outbox (channel, priority, not_before) WHERE status IN ('queued', 'sending');
CREATE INDEX outbox_supersede_key_idx ON outbox (supersede_key) WHERE status = 'queued';
CREATE INDEX outbox_user_id_idx ON outbox (user_id);
CREATE INDEX outbox_finished_at_idx ON outbox (finished_at) WHERE finished_at IS NOT NULL;
-- Webhooks being sent, by user, so that one user's webhooks do not delay those of others.
CREATE INDEX outbox_sending_webhooks_idx ON outbox (user_id) WHERE channel = 'webhook' AND status = 'sending';
CREATE INDEX outbox_unchecked_idx ON outbox (unchecked_since) WHERE status = 'sent' AND unchecked_since IS NOT NULL;
COMMENT ON TABLE outbox IS 'Messages to be delivered, and their outcomes, which are kept for 30 days.';
COMMENT ON COLUMN outbox.subject_id IS
    'The object that the message is about: a reference, never an address, a token or a code.';
COMMENT ON COLUMN outbox.supersede_key IS 'A newer message with the same key cancels those still queued.';
COMMENT ON COLUMN outbox.priority IS 'Messages with lower values are sent first.';
COMMENT ON COLUMN outbox.fence IS
    'Incremented by each claim, so that a relay that lost its lease cannot complete the message.';
COMMENT ON COLUMN outbox.unconfirmed IS
    'The number of tries with unknown result, which the provider may have accepted.';
COMMENT ON COLUMN outbox.recipient IS
    'The recipient, if it is not the user''s current address: a replaced address, or that of a deleted account. '
    'Erased when the message ends.';
COMMENT ON COLUMN outbox.unchecked_since IS
    'Set when a text message is submitted, until its delivery was checked. Each check sets it again, so that a check '
    'without a result is repeated.';
