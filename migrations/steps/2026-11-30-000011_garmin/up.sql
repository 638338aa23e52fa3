-- Garmin Connect: connected accounts, the progress of fetching, and events from Garmin.

CREATE TABLE garmin_connections (
    id                 UUID PRIMARY KEY,
    user_id            UUID UNIQUE REFERENCES users ON DELETE SET NULL,
    mode               TEXT NOT NULL CHECK (mode IN ('personal', 'developer')),
    garmin_user_id     TEXT,
    credential         BYTEA NOT NULL,
    access_token       BYTEA,
    access_expires_at  TIMESTAMPTZ,
    token_key_id       TEXT NOT NULL,
    created_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    needs_reauth       BOOLEAN NOT NULL DEFAULT false,
    claim              UUID,
    leased_until       TIMESTAMPTZ,
    worked_at          TIMESTAMPTZ,
    attempts           INTEGER NOT NULL DEFAULT 0,
    paused_until       TIMESTAMPTZ NOT NULL DEFAULT now(),
    next_sync_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    history_before     DATE,
    history_offset     INTEGER NOT NULL DEFAULT 0,
    history_done_at    TIMESTAMPTZ,
    last_success_at    TIMESTAMPTZ,
    last_error_at      TIMESTAMPTZ,
    last_error_code    TEXT,
    last_error_message TEXT,
    denied_at          TIMESTAMPTZ[] NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX garmin_connections_garmin_user_id_idx ON garmin_connections (garmin_user_id)
    WHERE user_id IS NOT NULL;
COMMENT ON TABLE garmin_connections IS 'Garmin accounts from which activities are fetched.';
COMMENT ON COLUMN garmin_connections.user_id IS
    'NULL if the user was deleted or has disconnected Garmin. The row is deleted when Garmin has been notified.';
COMMENT ON COLUMN garmin_connections.garmin_user_id IS 'The user''s id in Garmin''s webhooks.';
COMMENT ON COLUMN garmin_connections.credential IS
    'The key or the refresh token, encrypted. access_token: the current access token, also encrypted.';
COMMENT ON COLUMN garmin_connections.needs_reauth IS
    'Whether fetching is suspended until the user reconnects the account.';
COMMENT ON COLUMN garmin_connections.claim IS
    'The worker that serves the connection. leased_until: until when no other worker may claim it.';
COMMENT ON COLUMN garmin_connections.attempts IS
    'The number of failures since the last success. paused_until: until when no request is sent to Garmin.';
COMMENT ON COLUMN garmin_connections.history_before IS
    'How far back Garmin''s log has been read, page by page (history_offset), until it is complete.';
COMMENT ON COLUMN garmin_connections.denied_at IS
    'When, within the last hour, Garmin denied requests with the key or token, since the last request that it '
    'accepted.';

CREATE TABLE garmin_activities (
    connection_id UUID NOT NULL REFERENCES garmin_connections ON DELETE CASCADE,
    garmin_id     TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    title         TEXT,
    PRIMARY KEY (connection_id, garmin_id)
);
COMMENT ON TABLE garmin_activities IS
    'Activities already fetched, so that none is fetched twice and deleted ones are not created again.';
COMMENT ON COLUMN garmin_activities.digest IS
    'SHA-256 of Garmin''s description. A different one means that the activity was changed at Garmin.';

CREATE TABLE garmin_events (
    id            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    connection_id UUID NOT NULL REFERENCES garmin_connections ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('activity', 'file')),
    body          JSONB NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    received_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    due_at        TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX garmin_events_connection_id_idx ON garmin_events (connection_id, id);
COMMENT ON TABLE garmin_events IS 'Events from Garmin''s webhooks that are still to be processed.';
COMMENT ON COLUMN garmin_events.due_at IS 'When the event is tried again. Later events do not wait for it.';
