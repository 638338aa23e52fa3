-- The log itself. The CHECKs are what the API promises.

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
    'Files as they were brought: once for each owner, as long as there is an activity that was made of it (forget_original()).';
COMMENT ON COLUMN originals.content IS 'NULL when it is kept in a folder.';
COMMENT ON COLUMN originals.is_packed IS
    'Whether the content, here or in a folder, is compressed by gzip. bytes and sha256 are of the file itself.';

CREATE TABLE activities (
    id                    UUID PRIMARY KEY DEFAULT new_id(),
    user_id               UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    activity_type         TEXT NOT NULL CHECK (activity_type ~ '^[a-z0-9_]{1,32}$'),
    started_at            TIMESTAMPTZ NOT NULL,
    duration_secs         INTEGER NOT NULL CHECK (duration_secs BETWEEN 0 AND 31622400),
    -- NaN is above every number for PostgreSQL, so BETWEEN refuses it, too.
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
-- With the id, a cursor's position is one place in the index, however many activities start at once.
CREATE INDEX activities_user_id_started_at_idx ON activities (user_id, started_at DESC, id DESC);
CREATE UNIQUE INDEX activities_user_id_revision_idx ON activities (user_id, revision);
CREATE UNIQUE INDEX activities_external_id_idx ON activities (user_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX activities_parent_id_idx ON activities (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX activities_original_id_idx ON activities (original_id) WHERE original_id IS NOT NULL;
CREATE INDEX activities_merged_into_idx ON activities (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON TABLE activities IS 'The log: what is shown (merged_into IS NULL), and the records of the same that stand behind it.';
COMMENT ON COLUMN activities.duration_secs IS 'The time that the timer ran.';
COMMENT ON COLUMN activities.elapsed_secs IS 'From start to end; moving_secs: without standing still.';
COMMENT ON COLUMN activities.revision IS 'The number of its last change, of the user''s own; see activity_feeds.';
COMMENT ON COLUMN activities.external_id IS 'What the system that source names calls it.';
COMMENT ON COLUMN activities.avg_cadence IS 'Turns, strides or strokes a minute.';
COMMENT ON COLUMN activities.utc_offset_minutes IS 'Of the place and the day where it began.';
COMMENT ON COLUMN activities.sport_raw IS 'The sport as the source calls it.';
COMMENT ON COLUMN activities.parent_id IS 'The first part of what was recorded as one, such as a triathlon.';
COMMENT ON COLUMN activities.merged IS 'Of one that is shown: who stands behind it, and which fields came from there.';
COMMENT ON COLUMN activities.computed IS
    'Fields that were computed from the track, in the order of bytes; NULL where that is not known: what clients write.';
COMMENT ON COLUMN activities.edited IS
    'Fields that the owner has changed: they go before what was measured, and that before what was computed. ''*'' is anything.';
COMMENT ON COLUMN activities.replaced IS 'Own values where measured ones of another record are shown instead.';

CREATE TABLE activity_streams (
    activity_id      UUID PRIMARY KEY REFERENCES activities ON DELETE CASCADE,
    data             BYTEA NOT NULL,
    efforts_version  SMALLINT NOT NULL DEFAULT 0,
    efforts_attempts SMALLINT NOT NULL DEFAULT 0,
    filled           INTEGER
);
ALTER TABLE activity_streams ALTER data SET STORAGE EXTERNAL;
CREATE INDEX activity_streams_efforts_version_idx ON activity_streams (efforts_version);
COMMENT ON TABLE activity_streams IS 'Points and what sensors measured, packed; see src/activities/streams.';
COMMENT ON COLUMN activity_streams.efforts_version IS 'By which version of the search efforts were looked for; 0: not yet.';
COMMENT ON COLUMN activity_streams.efforts_attempts IS 'How often a search has begun since one ended.';
COMMENT ON COLUMN activity_streams.filled IS 'How many values there are in all series; NULL where nobody has counted them.';

CREATE TABLE activity_feeds (
    user_id       UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    last_revision BIGINT NOT NULL,
    awaited_until TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON TABLE activity_feeds IS
    'Numbers of changes, each user''s own. A transaction that takes one locks this row until it ends, so numbers '
    'become visible in their order: there is none to come below one that was seen.';
COMMENT ON COLUMN activity_feeds.awaited_until IS 'Until then somebody waits to hear of a change.';

CREATE TABLE activity_tombstones (
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    revision    BIGINT NOT NULL,
    activity_id UUID NOT NULL,
    deleted_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, revision)
);
CREATE INDEX activity_tombstones_deleted_at_idx ON activity_tombstones (deleted_at);
COMMENT ON TABLE activity_tombstones IS 'What was deleted, for copies that still have it.';

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
    'Names of activities that were deleted, so that a device that was offline does not bring them back.';
