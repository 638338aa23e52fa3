-- Messages to be delivered: the row is the truth, everything else is a hint.

CREATE TABLE outbox (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    kind             TEXT NOT NULL,
    channel          TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    -- Whom it goes to, and what it is about: references, never an address, a token or a code.
    user_id          UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    subject_id       UUID NOT NULL,
    -- A newer message of the same key cancels those still queued.
    supersede_key    TEXT,
    priority         SMALLINT NOT NULL DEFAULT 0,
    not_before       TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at       TIMESTAMPTZ NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    status           TEXT NOT NULL DEFAULT 'queued'
                     CHECK (status IN ('queued', 'sending', 'sent', 'dead', 'expired', 'cancelled')),
    lease_until      TIMESTAMPTZ,
    -- Raised by every claim: a claimer that lost its lease cannot complete what is no longer its own.
    fence            BIGINT NOT NULL DEFAULT 0,
    last_error_class TEXT,
    last_error_code  TEXT,
    provider_id      TEXT,
    created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at      TIMESTAMPTZ,
    CHECK ((status = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('queued', 'sending')) = (finished_at IS NULL))
);

CREATE INDEX outbox_pending_idx ON outbox (channel, priority, not_before) WHERE status IN ('queued', 'sending');
CREATE INDEX outbox_supersede_key_idx ON outbox (supersede_key) WHERE status = 'queued';
CREATE INDEX outbox_user_id_idx ON outbox (user_id);
