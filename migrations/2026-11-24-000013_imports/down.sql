CREATE OR REPLACE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity) - ARRAY['user_id', 'device_data', 'laps', 'sets']
$$;
DROP TABLE import_files;
DROP TABLE import_chunks;
DROP TABLE import_parts;
DROP TABLE imports;
DROP TRIGGER original_is_forgotten ON activities;
DROP FUNCTION forget_original;
DROP TABLE activity_streams;
ALTER TABLE activities DROP COLUMN original_id;
DROP TABLE originals;
