-- The log itself. The CHECKs are what the API promises.

CREATE TABLE activities (
    id              UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    activity_type   TEXT NOT NULL CHECK (activity_type ~ '^[a-z0-9_]{1,32}$'),
    started_at      TIMESTAMPTZ NOT NULL,
    duration_secs   INTEGER NOT NULL CHECK (duration_secs BETWEEN 0 AND 31622400),
    -- NaN is above every number for PostgreSQL, so BETWEEN refuses it too.
    distance_meters REAL CHECK (distance_meters BETWEEN 0 AND 1e8),
    calories        INTEGER CHECK (calories BETWEEN 0 AND 1000000),
    notes           TEXT CHECK (char_length(notes) <= 10000),
    source          TEXT NOT NULL DEFAULT 'manual',
    device_data     JSONB CHECK (jsonb_typeof(device_data) = 'object'),
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- With the id, a cursor's position is one place in the index, however many activities start at once.
CREATE INDEX activities_user_id_started_at_idx ON activities (user_id, started_at DESC, id DESC);
