DROP TRIGGER deleted_activity_is_buried ON activities;
CREATE TRIGGER deleted_activity_is_buried AFTER DELETE ON activities
    FOR EACH ROW EXECUTE FUNCTION bury_activity();
DROP TRIGGER deletion_is_announced ON activities;
DROP TRIGGER activity_is_announced ON activities;
CREATE TRIGGER activity_is_announced AFTER INSERT OR UPDATE OR DELETE ON activities
    FOR EACH ROW EXECUTE FUNCTION announce_activity();
CREATE OR REPLACE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity) - ARRAY['user_id', 'device_data', 'laps', 'sets', 'original_id']
$$;
UPDATE import_files SET outcome = 'imported' WHERE outcome = 'merged';
ALTER TABLE import_files DROP CONSTRAINT import_files_outcome_check,
    ADD CONSTRAINT import_files_outcome_check CHECK (outcome IN ('imported', 'duplicate', 'refused'));
ALTER TABLE activities DROP COLUMN merged, DROP COLUMN merged_into;
