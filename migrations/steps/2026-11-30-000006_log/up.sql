-- Activities, and what belongs to them. The CHECK constraints are the limits that the API
-- documents.

CREATE TABLE originals (
    id         UUID PRIMARY KEY DEFAULT new_id(),
    user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    sha256     BYTEA NOT NULL CHECK (octet_length(sha256) = 32),
    file_name  TEXT NOT NULL CHECK (char_length(file_name) <= 255),
    bytes      BIGINT NOT NULL,
    content    BYTEA,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    is_packed  BOOLEAN NOT NULL DEFAULT false,
    UNIQUE (user_id, sha256)
);
ALTER TABLE originals ALTER content SET STORAGE EXTERNAL;
COMMENT ON TABLE originals IS
    'Original files, stored once per user, as long as an activity that was created from the file exists '
    '(forget_original()).';
COMMENT ON COLUMN originals.content IS 'NULL if the file is in a folder.';
COMMENT ON COLUMN originals.is_packed IS
    'Whether the content, here or in a folder, is compressed with gzip. bytes and sha256 describe the uncompressed '
    'file.';

CREATE TABLE activities (
    id                    UUID PRIMARY KEY DEFAULT new_id(),
    user_id               UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    activity_type         TEXT NOT NULL CHECK (activity_type ~ '^[a-z0-9_]{1,32}$'),
    started_at            TIMESTAMPTZ NOT NULL,
    duration_secs         INTEGER NOT NULL CHECK (duration_secs BETWEEN 0 AND 31622400),
    -- PostgreSQL sorts NaN above all numbers, so BETWEEN refuses it too.
    distance_meters       DOUBLE PRECISION CHECK (distance_meters BETWEEN 0 AND 1e8),
    calories              INTEGER CHECK (calories BETWEEN 0 AND 1000000),
    notes                 TEXT CHECK (char_length(notes) <= 10000),
    source                TEXT NOT NULL DEFAULT 'manual' CHECK (source ~ '^[a-z0-9][a-z0-9_.-]{0,31}$'),
    device_data           JSONB CHECK (jsonb_typeof(device_data) = 'object'),
    created_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    revision              BIGINT NOT NULL,
    external_id           TEXT CHECK (char_length(external_id) BETWEEN 1 AND 200),
    title                 TEXT CHECK (char_length(title) <= 200),
    elapsed_secs          INTEGER CHECK (elapsed_secs BETWEEN 0 AND 31622400),
    moving_secs           INTEGER CHECK (moving_secs BETWEEN 0 AND 31622400),
    elevation_gain_meters DOUBLE PRECISION CHECK (elevation_gain_meters BETWEEN 0 AND 1e6),
    elevation_loss_meters DOUBLE PRECISION CHECK (elevation_loss_meters BETWEEN 0 AND 1e6),
    avg_heart_rate        INTEGER CHECK (avg_heart_rate BETWEEN 1 AND 300),
    max_heart_rate        INTEGER CHECK (max_heart_rate BETWEEN 1 AND 300),
    avg_power_watts       INTEGER CHECK (avg_power_watts BETWEEN 0 AND 10000),
    avg_cadence           DOUBLE PRECISION CHECK (avg_cadence BETWEEN 0 AND 1000),
    utc_offset_minutes    INTEGER CHECK (utc_offset_minutes BETWEEN -1080 AND 1080),
    device                TEXT CHECK (char_length(device) <= 200),
    sport_raw             TEXT CHECK (char_length(sport_raw) <= 200),
    parent_id             UUID REFERENCES activities ON DELETE SET NULL,
    laps                  JSONB CHECK (jsonb_typeof(laps) = 'array'),
    sets                  JSONB CHECK (jsonb_typeof(sets) = 'array'),
    original_id           UUID REFERENCES originals ON DELETE SET NULL,
    merged_into           UUID REFERENCES activities ON DELETE CASCADE,
    merged                JSONB CHECK (jsonb_typeof(merged) = 'array'),
    computed              TEXT[],
    edited                TEXT[],
    replaced              JSONB,
    CONSTRAINT merged_once CHECK (merged_into IS NULL OR merged IS NULL)
);
-- The id makes a cursor's position unique in the index, even if many activities start at the same
-- time.
CREATE INDEX activities_user_id_started_at_idx ON activities (user_id, started_at DESC, id DESC);
CREATE UNIQUE INDEX activities_user_id_revision_idx ON activities (user_id, revision);
CREATE UNIQUE INDEX activities_external_id_idx ON activities (user_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX activities_parent_id_idx ON activities (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX activities_original_id_idx ON activities (original_id) WHERE original_id IS NOT NULL;
CREATE INDEX activities_merged_into_idx ON activities (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON TABLE activities IS 'The log: shown activities (merged_into IS NULL), and the records merged into them.';
COMMENT ON COLUMN activities.duration_secs IS 'The time that the timer ran.';
COMMENT ON COLUMN activities.elapsed_secs IS 'The time from start to end. moving_secs: without stops.';
COMMENT ON COLUMN activities.revision IS 'The number of the last change, counted per user; see activity_feeds.';
COMMENT ON COLUMN activities.external_id IS 'The id in the system that source names.';
COMMENT ON COLUMN activities.avg_cadence IS 'Revolutions, strides or strokes per minute.';
COMMENT ON COLUMN activities.utc_offset_minutes IS 'The offset at the place and time of the start.';
COMMENT ON COLUMN activities.sport_raw IS 'The sport in the source''s words.';
COMMENT ON COLUMN activities.parent_id IS 'The first part of a recording with several parts, such as a triathlon.';
COMMENT ON COLUMN activities.merged IS 'The records merged into a shown activity, and the fields taken from each.';
COMMENT ON COLUMN activities.computed IS
    'Fields that were computed from the track, in byte order. NULL if unknown, as for activities that clients write.';
COMMENT ON COLUMN activities.edited IS
    'Fields that the owner has changed. They take precedence over measured values, and those over computed ones. '
    '''*'' means any field.';
COMMENT ON COLUMN activities.replaced IS
    'The activity''s own values of fields that show a measured value of another record.';

CREATE TABLE activity_streams (
    activity_id      UUID PRIMARY KEY REFERENCES activities ON DELETE CASCADE,
    data             BYTEA NOT NULL,
    efforts_version  SMALLINT NOT NULL DEFAULT 0,
    efforts_attempts SMALLINT NOT NULL DEFAULT 0,
    filled           INTEGER
);
ALTER TABLE activity_streams ALTER data SET STORAGE EXTERNAL;
CREATE INDEX activity_streams_efforts_version_idx ON activity_streams (efforts_version);
COMMENT ON TABLE activity_streams IS 'Track points and sensor values, packed; see src/activities/streams.';
COMMENT ON COLUMN activity_streams.efforts_version IS
    'The version of the search for efforts that has processed the streams; 0 if none.';
COMMENT ON COLUMN activity_streams.efforts_attempts IS
    'The number of searches started since the last one that finished.';
COMMENT ON COLUMN activity_streams.filled IS 'The number of values in all series; NULL if they have not been counted.';

CREATE TABLE activity_feeds (
    user_id       UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    last_revision BIGINT NOT NULL,
    awaited_until TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON TABLE activity_feeds IS
    'The revisions of each user. A transaction that takes one locks this row until it ends, so revisions become '
    'visible in order: after a revision was seen, no lower one can appear.';
COMMENT ON COLUMN activity_feeds.awaited_until IS 'Until when a request waits for changes.';

CREATE TABLE activity_tombstones (
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    revision    BIGINT NOT NULL,
    activity_id UUID NOT NULL,
    deleted_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, revision)
);
CREATE INDEX activity_tombstones_deleted_at_idx ON activity_tombstones (deleted_at);
COMMENT ON TABLE activity_tombstones IS 'Deleted activities, for copies that still contain them.';

CREATE TABLE deleted_names (
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    activity_id UUID NOT NULL,
    deleted_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, source, external_id)
);
CREATE INDEX deleted_names_deleted_at_idx ON deleted_names (deleted_at);
COMMENT ON TABLE deleted_names IS
    'External ids of deleted activities, so that a device that was offline does not create them again.';
