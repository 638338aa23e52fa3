-- Garmin Connect: whose activities are fetched, how far that is, and what Garmin has told.

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
COMMENT ON TABLE garmin_connections IS 'Accounts at Garmin that activities are fetched from.';
COMMENT ON COLUMN garmin_connections.user_id IS
    'NULL when its owner is gone or has disconnected it: Garmin is to be told, and then it goes.';
COMMENT ON COLUMN garmin_connections.garmin_user_id IS 'What webhooks call its owner.';
COMMENT ON COLUMN garmin_connections.credential IS
    'Encrypted, and so is access_token: the key or the refresh token, and what it was last exchanged for.';
COMMENT ON COLUMN garmin_connections.needs_reauth IS 'Nothing more is asked until its owner connects it anew.';
COMMENT ON COLUMN garmin_connections.claim IS 'Who works on it; leased_until: until when nobody else does.';
COMMENT ON COLUMN garmin_connections.attempts IS
    'How often it failed since it last went well; paused_until: until when Garmin is left alone.';
COMMENT ON COLUMN garmin_connections.history_before IS
    'How far back the log of Garmin has been read, page by page (history_offset), until it is done.';
COMMENT ON COLUMN garmin_connections.denied_at IS
    'When Garmin denied what the key or token asked for, within an hour, since it last did not.';

CREATE TABLE garmin_activities (
    connection_id UUID NOT NULL REFERENCES garmin_connections ON DELETE CASCADE,
    garmin_id     TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    title         TEXT,
    PRIMARY KEY (connection_id, garmin_id)
);
COMMENT ON TABLE garmin_activities IS
    'What has come, so that nothing is fetched twice and what was deleted here stays deleted.';
COMMENT ON COLUMN garmin_activities.digest IS
    'SHA-256 of what Garmin said of it: another one means that it was changed there.';

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
COMMENT ON TABLE garmin_events IS 'What Garmin''s webhooks told, until it is dealt with.';
COMMENT ON COLUMN garmin_events.due_at IS 'When it is tried again; those behind it do not wait.';
