-- Webhooks learn once of each record.

CREATE TABLE announced_records (
    activity_id UUID NOT NULL REFERENCES activities ON DELETE CASCADE,
    -- Empty for a record of the sport.
    exercise TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- More is better: seconds for a distance are negative.
    score DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (activity_id, exercise, kind));
COMMENT ON TABLE announced_records IS 'Records of recent activities that webhooks were informed about, or already knew.';
