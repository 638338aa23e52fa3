-- Totals per day, so that a summary of ten years reads days instead of activities; best efforts;
-- goals.

CREATE TABLE activity_days (
    user_id           UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    day               DATE NOT NULL,
    activity_type     TEXT NOT NULL,
    activities        INTEGER NOT NULL,
    duration_secs     BIGINT NOT NULL,
    distance_mm       BIGINT NOT NULL,
    elevation_gain_mm BIGINT NOT NULL,
    calories          BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, activity_type)
) WITH (fillfactor = 80);
COMMENT ON TABLE activity_days IS
    'Totals of shown activities per day in the user''s time zone, updated by triggers. Whole millimetres can be added '
    'and subtracted any number of times without accumulating errors.';

CREATE TABLE activity_efforts (
    activity_id UUID NOT NULL REFERENCES activities ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN (
                    'fastest_400m', 'fastest_1km', 'fastest_mile', 'fastest_5km', 'fastest_10km',
                    'fastest_half_marathon', 'fastest_marathon', 'power_1min', 'power_5min', 'power_10min',
                    'power_20min', 'power_30min', 'power_60min')),
    value       DOUBLE PRECISION NOT NULL,
    start_secs  DOUBLE PRECISION NOT NULL,
    end_secs    DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (activity_id, kind)
);
COMMENT ON TABLE activity_efforts IS
    'Best efforts in an activity''s streams: the shortest time for a distance, the highest average power for a time.';
COMMENT ON COLUMN activity_efforts.value IS 'Seconds or watts.';
COMMENT ON COLUMN activity_efforts.start_secs IS 'Seconds since the activity started, as is end_secs.';

CREATE TABLE goals (
    id            UUID PRIMARY KEY DEFAULT new_id(),
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    metric        TEXT NOT NULL CHECK (metric IN ('activities', 'duration', 'distance', 'elevation')),
    period        TEXT NOT NULL CHECK (period IN ('week', 'month', 'year')),
    target        DOUBLE PRECISION NOT NULL CHECK (target BETWEEN 1 AND 1e12),
    activity_type TEXT CHECK (activity_type ~ '^[a-z0-9_]{1,32}$'),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX goals_user_id_idx ON goals (user_id, created_at);
COMMENT ON TABLE goals IS 'Goals for each week, month or year.';
COMMENT ON COLUMN goals.target IS 'In activities, seconds or metres.';
COMMENT ON COLUMN goals.activity_type IS 'NULL means all sports.';
