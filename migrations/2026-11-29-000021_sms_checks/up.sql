-- Set when a text message is handed over, until the provider was asked what became of it. Asking
-- sets it anew, so that an answer that never comes is asked for again.
ALTER TABLE outbox ADD COLUMN unchecked_since TIMESTAMPTZ;

CREATE INDEX outbox_unchecked_idx ON outbox (unchecked_since)
    WHERE status = 'sent' AND unchecked_since IS NOT NULL;
