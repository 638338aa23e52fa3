-- Garmin Connect: whose activities are fetched, how far that is, and what Garmin has told.

CREATE TABLE garmin_connections (
    id                 UUID PRIMARY KEY,
    -- NULL when its owner is gone or has disconnected it: Garmin is to be told, and then it goes.
    user_id            UUID UNIQUE REFERENCES users ON DELETE SET NULL,
    mode               TEXT NOT NULL CHECK (mode IN ('personal', 'developer')),
    -- What webhooks call its owner.
    garmin_user_id     TEXT,
    -- Encrypted: the key or the refresh token, and what it was last exchanged for.
    credential         BYTEA NOT NULL,
    access_token       BYTEA,
    access_expires_at  TIMESTAMPTZ,
    token_key_id       TEXT NOT NULL,
    created_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Nothing more is asked until its owner connects it anew.
    needs_reauth       BOOLEAN NOT NULL DEFAULT false,
    -- Who works on it, and until when nobody else does.
    claim              UUID,
    leased_until       TIMESTAMPTZ,
    worked_at          TIMESTAMPTZ,
    -- How often it failed since it last went well, and until when Garmin is left alone.
    attempts           INTEGER NOT NULL DEFAULT 0,
    paused_until       TIMESTAMPTZ NOT NULL DEFAULT now(),
    next_sync_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- How far back the log of Garmin has been read, page by page, until it is done.
    history_before     DATE,
    history_offset     INTEGER NOT NULL DEFAULT 0,
    history_done_at    TIMESTAMPTZ,
    last_success_at    TIMESTAMPTZ,
    last_error_at      TIMESTAMPTZ,
    last_error_code    TEXT,
    last_error_message TEXT
);
CREATE UNIQUE INDEX garmin_connections_garmin_user_id_idx ON garmin_connections (garmin_user_id)
    WHERE user_id IS NOT NULL;

-- What has come, so that nothing is fetched twice and what was deleted here stays deleted.
CREATE TABLE garmin_activities (
    connection_id UUID NOT NULL REFERENCES garmin_connections ON DELETE CASCADE,
    garmin_id     TEXT NOT NULL,
    -- SHA-256 of what Garmin said of it: another one means that it was changed there.
    digest        BYTEA NOT NULL,
    title         TEXT,
    PRIMARY KEY (connection_id, garmin_id)
);

-- What webhooks told, until it is dealt with.
CREATE TABLE garmin_events (
    id            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    connection_id UUID NOT NULL REFERENCES garmin_connections ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('activity', 'file')),
    body          JSONB NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    received_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX garmin_events_connection_id_idx ON garmin_events (connection_id, id);
