DROP TRIGGER edits_are_remembered ON activities;
DROP FUNCTION remember_edits();
DROP FUNCTION remeasure_activity(UUID, JSONB, TEXT[], BOOLEAN, UUID, BOOLEAN);
DROP FUNCTION unmerge_activity(UUID, UUID);
DROP FUNCTION merge_activity(UUID, UUID, UUID);
CREATE OR REPLACE FUNCTION keep_origins_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.merged := (
        SELECT jsonb_agg(CASE WHEN behind.id IS NULL THEN entry ELSE jsonb_set(entry, '{fields}', (
                   SELECT coalesce(jsonb_agg(field ORDER BY at), '[]')
                   FROM jsonb_array_elements_text(entry -> 'fields') WITH ORDINALITY AS fields (field, at)
                   WHERE to_jsonb(NEW) -> field = to_jsonb(behind) -> field)) END ORDER BY place)
        FROM jsonb_array_elements(NEW.merged) WITH ORDINALITY AS entries (entry, place)
        LEFT JOIN activities behind ON behind.id = (entry ->> 'activity_id')::uuid AND behind.merged_into = NEW.id);
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION pass_on_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown   activities;
    before  JSONB := to_jsonb(OLD);
    after   JSONB := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) ELSE '{}' END;
    given   TEXT[];
    changed TEXT[];
BEGIN
    SELECT * INTO shown FROM activities WHERE id = OLD.merged_into FOR NO KEY UPDATE;
    IF shown.merged IS NULL THEN RETURN NULL; END IF;
    SELECT coalesce(array_agg(field), '{}') INTO given
    FROM jsonb_array_elements(shown.merged) entry, jsonb_array_elements_text(entry -> 'fields') field
    WHERE entry ->> 'activity_id' = OLD.id::text;
    -- The same fields as in src/activities/merging/store.rs.
    SELECT coalesce(array_agg(field), '{}') INTO changed
    FROM unnest(ARRAY['distance_meters', 'calories', 'notes', 'title', 'elapsed_secs', 'moving_secs',
                      'elevation_gain_meters', 'elevation_loss_meters', 'avg_heart_rate', 'max_heart_rate',
                      'avg_power_watts', 'avg_cadence', 'utc_offset_minutes', 'device', 'sport_raw', 'laps', 'sets']) field
    WHERE before -> field IS DISTINCT FROM after -> field
        AND CASE WHEN field = ANY (given) THEN to_jsonb(shown) -> field = before -> field
                 ELSE TG_OP = 'UPDATE' AND before -> field = 'null' AND to_jsonb(shown) -> field = 'null' END;
    IF TG_OP = 'UPDATE' AND changed = '{}' THEN RETURN NULL; END IF;
    SELECT CASE TG_OP
        WHEN 'UPDATE' THEN jsonb_agg(CASE WHEN entry ->> 'activity_id' = OLD.id::text
            THEN jsonb_set(entry, '{fields}', (entry -> 'fields') || to_jsonb(ARRAY(
                     SELECT unnest(changed) EXCEPT SELECT unnest(given))))
            ELSE entry END ORDER BY place)
        ELSE jsonb_agg(entry ORDER BY place) FILTER (WHERE entry ->> 'activity_id' <> OLD.id::text) END
    INTO shown.merged
    FROM jsonb_array_elements(shown.merged) WITH ORDINALITY AS entries (entry, place);
    EXECUTE concat('UPDATE activities a SET ',
                   (SELECT string_agg(format('%I = r.%1$I, ', field), '') FROM unnest(changed) field),
                   'merged = $3, updated_at = now()
                    FROM jsonb_populate_record(NULL::activities, $2) r WHERE a.id = $1')
        USING shown.id, after, shown.merged;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION activity_summary(activity activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(activity)
        - ARRAY['user_id', 'device_data', 'laps', 'sets', 'original_id', 'merged_into', 'merged']
$$;
DROP FUNCTION keep_together(activities);
DROP FUNCTION put_together(activities, JSONB, UUID);
DROP FUNCTION merged_fields();
ALTER TABLE activity_streams DROP COLUMN filled;
ALTER TABLE activities DROP COLUMN computed, DROP COLUMN edited, DROP COLUMN replaced;
