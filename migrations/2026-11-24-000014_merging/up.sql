-- The same activity from several sources: one is shown, with what it lacked; the others stand behind it.

ALTER TABLE activities
    ADD COLUMN merged_into UUID REFERENCES activities ON DELETE CASCADE,
    -- Of the one that is shown: who stands behind it, and which fields came from there.
    ADD COLUMN merged JSONB CHECK (jsonb_typeof(merged) = 'array'),
    ADD CONSTRAINT merged_once CHECK (merged_into IS NULL OR merged IS NULL);
CREATE INDEX activities_merged_into_idx ON activities (merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE import_files DROP CONSTRAINT import_files_outcome_check,
    ADD CONSTRAINT import_files_outcome_check CHECK (outcome IN ('imported', 'merged', 'duplicate', 'refused'));

CREATE OR REPLACE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity)
        - ARRAY['user_id', 'device_data', 'laps', 'sets', 'original_id', 'merged_into', 'merged']
$$;

-- What is not shown is neither told, nor missed when it goes.
DROP TRIGGER activity_is_announced ON activities;
CREATE TRIGGER activity_is_announced AFTER INSERT OR UPDATE ON activities
    FOR EACH ROW WHEN (NEW.merged_into IS NULL) EXECUTE FUNCTION announce_activity();
CREATE TRIGGER deletion_is_announced AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NULL) EXECUTE FUNCTION announce_activity();
DROP TRIGGER deleted_activity_is_buried ON activities;
CREATE TRIGGER deleted_activity_is_buried AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NULL) EXECUTE FUNCTION bury_activity();
