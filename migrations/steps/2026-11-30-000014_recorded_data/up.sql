-- What was recorded of an activity, so that lists can show it without reading any of it.

ALTER TABLE activities ADD COLUMN has TEXT[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN activities.has IS
    'What can be read of the activity, merged records included: track, heart_rate and power of its streams, and the '
    'original file. Derived by recorded_data().';

ALTER TABLE activity_streams ADD COLUMN series TEXT[];
COMMENT ON COLUMN activity_streams.series IS
    'Those of track, heart_rate and power that the streams contain; NULL if an older version stored them.';
