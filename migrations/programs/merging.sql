-- Merges records of the same activity from several sources: one is shown with the best values of
-- each, and the others are merged into it.

-- The fields that one record may take from another. src/activities/merging has the same list.
CREATE FUNCTION merged_fields() RETURNS TEXT[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['duration_secs', 'distance_meters', 'calories', 'notes', 'title', 'elapsed_secs', 'moving_secs',
                 'elevation_gain_meters', 'elevation_loss_meters', 'avg_heart_rate', 'max_heart_rate',
                 'avg_power_watts', 'avg_cadence', 'utc_offset_minutes', 'device', 'sport_raw', 'laps', 'sets']
$$;

-- What can be read of `shown` and `records`, the records merged into it: the series of the one with the most values,
-- whose streams the API shows, and an original file.
CREATE FUNCTION recorded_data(shown activities, records UUID[]) RETURNS TEXT[] LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT series FROM activity_streams WHERE activity_id = shown.id OR activity_id = ANY (records)
                     ORDER BY filled DESC NULLS LAST, activity_id <> shown.id LIMIT 1), '{}')
        || CASE WHEN shown.original_id IS NOT NULL
                     OR EXISTS (SELECT FROM activities WHERE id = ANY (records) AND original_id IS NOT NULL)
                THEN ARRAY['original'] ELSE '{}' END
$$;

-- Computes `shown` with the merged records in `entries`, and without any others. A field keeps its
-- own value unless it has none, or has a computed one and another record measured it. Then it takes
-- the value of the first such record. Values taken from the record `gone` are replaced by own
-- values again. Nothing is written.
CREATE FUNCTION put_together(shown activities, entries JSONB, gone UUID DEFAULT NULL) RETURNS activities LANGUAGE plpgsql STABLE AS $$
DECLARE
    taken        TEXT[];
    own          JSONB;
    own_computed TEXT[];
    patch        JSONB;
BEGIN
    -- Its own values.
    SELECT coalesce(array_agg(field), '{}') INTO taken
    FROM jsonb_array_elements(shown.merged) entry, jsonb_array_elements_text(entry -> 'fields') field
    WHERE field = ANY (merged_fields()) AND (field <> 'duration_secs' OR shown.replaced ? field)
      -- A restored export may name any record.
      AND (entry ->> 'activity_id' = gone::text OR EXISTS (
               SELECT FROM activities b WHERE b.id = (entry ->> 'activity_id')::uuid AND b.merged_into = shown.id));
    SELECT coalesce(jsonb_object_agg(field, coalesce(shown.replaced -> field, 'null')), '{}') INTO patch
    FROM unnest(taken) field;
    own := to_jsonb(shown) || patch;
    own_computed := ARRAY(SELECT unnest(shown.computed) EXCEPT SELECT unnest(taken)
                      UNION SELECT field FROM unnest(taken) field WHERE shown.replaced ? field);
    WITH records AS MATERIALIZED (
        SELECT place, b.id, to_jsonb(b) AS record, coalesce(b.computed, '{}') AS computed
        FROM jsonb_array_elements(entries) WITH ORDINALITY AS listed (entry, place)
        JOIN activities b ON b.id = (entry ->> 'activity_id')::uuid AND b.merged_into = shown.id),
    chosen AS (
        SELECT DISTINCT ON (field) field, id, record -> field AS value, field = ANY (r.computed) AS is_computed
        FROM records r, unnest(merged_fields()) field
        WHERE record -> field <> 'null' AND field <> ALL (coalesce(shown.edited, '{}'))
            -- Some formats write zero for an unknown value.
            AND (record -> field <> '0' OR field NOT IN ('duration_secs', 'distance_meters', 'calories'))
            AND (own -> field = 'null'
                 OR field = ANY (own_computed) AND field <> ALL (r.computed))
        ORDER BY field, is_computed, place),
    from_each AS (SELECT id, jsonb_agg(field ORDER BY array_position(merged_fields(), field)) AS fields FROM chosen GROUP BY id)
    SELECT jsonb_build_object(
               'merged', (SELECT jsonb_agg(CASE WHEN r.id IS NULL THEN entry
                                                 ELSE entry || jsonb_build_object('fields', coalesce(fields, '[]')) END
                                            ORDER BY listed.place)
                          FROM jsonb_array_elements(entries) WITH ORDINALITY AS listed (entry, place)
                          LEFT JOIN records r ON r.id = (entry ->> 'activity_id')::uuid
                          LEFT JOIN from_each e ON e.id = r.id),
               'has', recorded_data(shown, ARRAY(SELECT id FROM records)),
               'replaced', (SELECT jsonb_object_agg(field, own -> field) FROM chosen WHERE own -> field <> 'null'),
               'computed', CASE WHEN shown.computed IS NOT NULL OR EXISTS (SELECT FROM chosen WHERE is_computed) THEN
                   (SELECT coalesce(jsonb_agg(name ORDER BY name COLLATE "C"), '[]') FROM (
                        SELECT unnest(own_computed) AS name EXCEPT SELECT field FROM chosen
                        UNION SELECT field FROM chosen WHERE is_computed) names) END)
           || patch || (SELECT coalesce(jsonb_object_agg(field, value), '{}') FROM chosen)
    INTO patch;
    RETURN jsonb_populate_record(shown, patch);
END $$;

-- Writes the result of put_together(). Returns whether anything changed.
CREATE FUNCTION keep_together(now_shown activities) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    UPDATE activities a SET
        (activity_type, started_at, duration_secs, distance_meters, calories, notes, title, elapsed_secs, moving_secs,
         elevation_gain_meters, elevation_loss_meters, avg_heart_rate, max_heart_rate, avg_power_watts, avg_cadence,
         utc_offset_minutes, device, sport_raw, laps, sets, original_id, merged, computed, replaced, has,
         updated_at)
        = (n.activity_type, n.started_at, n.duration_secs, n.distance_meters, n.calories, n.notes, n.title, n.elapsed_secs,
           n.moving_secs, n.elevation_gain_meters, n.elevation_loss_meters, n.avg_heart_rate, n.max_heart_rate,
           n.avg_power_watts, n.avg_cadence, n.utc_offset_minutes, n.device, n.sport_raw, n.laps, n.sets, n.original_id,
           n.merged, n.computed, n.replaced, n.has, now())
    FROM (SELECT now_shown.*) n
    WHERE a.id = n.id AND to_jsonb(a) IS DISTINCT FROM to_jsonb(now_shown);
    RETURN FOUND;
END $$;

-- Merges the record `behind` into the user's `shown`, to which its merged_into already points.
CREATE FUNCTION merge_activity(owner UUID, shown_id UUID, behind UUID) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    shown activities;
    entry JSONB;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = shown_id AND user_id = owner FOR NO KEY UPDATE;
    SELECT jsonb_build_object('activity_id', b.id, 'source', b.source, 'fields', '[]'::jsonb) INTO entry
    FROM activities b WHERE b.id = behind AND b.user_id = owner AND b.merged_into = shown_id;
    IF shown.id IS NULL OR entry IS NULL THEN RETURN false; END IF;
    RETURN keep_together(put_together(shown, coalesce(shown.merged, '[]') || entry));
END $$;

-- Gives the user's `shown` its own values again. The caller makes the merged records visible.
CREATE FUNCTION unmerge_activity(owner UUID, shown_id UUID) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    shown activities;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = shown_id AND user_id = owner FOR NO KEY UPDATE;
    PERFORM keep_together(put_together(shown, '[]'));
END $$;

-- Replaces an activity's own values with `given`, except for fields that its owner has changed.
-- Fields in `newly_computed` do not replace measured values, unless `is_authority`, which means
-- that the activity has only this source. Returns the changed fields, each with its value before
-- and after. If `is_trial`, nothing is written.
CREATE FUNCTION remeasure_activity(activity_id UUID, given JSONB, newly_computed TEXT[], is_authority BOOLEAN,
                                   original UUID, is_trial BOOLEAN) RETURNS JSONB LANGUAGE plpgsql AS $$
DECLARE
    before  activities;
    own     activities;
    after   activities;
    changes JSONB;
BEGIN
    SELECT * INTO before FROM activities WHERE id = activity_id FOR NO KEY UPDATE;
    own := put_together(before, '[]');
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO given
    FROM jsonb_each(given)
    WHERE key <> ALL (coalesce(before.edited, '{}'))
      AND (is_authority OR key <> ALL (newly_computed) OR key = ANY (own.computed) OR to_jsonb(own) -> key = 'null');
    own := jsonb_populate_record(own, given || jsonb_build_object(
        'original_id', coalesce(original, before.original_id),
        'computed', (SELECT coalesce(jsonb_agg(name ORDER BY name COLLATE "C"), '[]') FROM (
            SELECT unnest(own.computed) AS name EXCEPT SELECT key FROM jsonb_each(given)
            UNION SELECT unnest(newly_computed) INTERSECT SELECT key FROM jsonb_each(given) WHERE value <> 'null') names)));
    after := put_together(own, coalesce(before.merged, '[]'));
    IF NOT is_trial THEN PERFORM keep_together(after); END IF;
    SELECT coalesce(jsonb_object_agg(was.key, jsonb_build_array(was.value, is_now.value)), '{}') INTO changes
    FROM jsonb_each(to_jsonb(before)) was JOIN jsonb_each(to_jsonb(after)) is_now USING (key)
    WHERE was.value <> is_now.value
      AND key <> ALL (ARRAY['merged', 'computed', 'edited', 'replaced', 'has', 'original_id', 'updated_at', 'revision']);
    RETURN changes;
END $$;

-- A field counts as taken from a merged record only while both have the same value.
CREATE FUNCTION keep_origins_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.merged := (
        SELECT jsonb_agg(CASE WHEN behind.id IS NULL THEN entry ELSE jsonb_set(entry, '{fields}', (
                   SELECT coalesce(jsonb_agg(field ORDER BY at), '[]')
                   FROM jsonb_array_elements_text(entry -> 'fields') WITH ORDINALITY AS fields (field, at)
                   WHERE to_jsonb(NEW) -> field = to_jsonb(behind) -> field)) END ORDER BY place)
        FROM jsonb_array_elements(NEW.merged) WITH ORDINALITY AS entries (entry, place)
        LEFT JOIN activities behind ON behind.id = (entry ->> 'activity_id')::uuid AND behind.merged_into = NEW.id);
    NEW.replaced := (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(NEW.replaced)
        WHERE key IN (SELECT jsonb_array_elements_text(entry -> 'fields') FROM jsonb_array_elements(NEW.merged) entry));
    RETURN NEW;
END $$;
CREATE TRIGGER activities_update_3_keep_origins_true BEFORE UPDATE ON activities
    FOR EACH ROW WHEN (NEW.merged IS NOT NULL) EXECUTE FUNCTION keep_origins_true();

-- Passes changes of a merged record on to the shown activity, or reverts its values when the record
-- is deleted.
CREATE FUNCTION pass_on_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown activities;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = OLD.merged_into FOR NO KEY UPDATE;
    IF shown.merged IS NULL THEN RETURN NULL; END IF;
    PERFORM keep_together(put_together(shown, (
        SELECT coalesce(jsonb_agg(entry ORDER BY place) FILTER (
                   WHERE TG_OP = 'UPDATE' OR entry ->> 'activity_id' <> OLD.id::text), '[]')
        FROM jsonb_array_elements(shown.merged) WITH ORDINALITY AS entries (entry, place)),
        CASE TG_OP WHEN 'DELETE' THEN OLD.id END));
    RETURN NULL;
END $$;
CREATE TRIGGER activities_update_5_pass_on AFTER UPDATE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NOT NULL AND NEW.merged_into = OLD.merged_into)
    EXECUTE FUNCTION pass_on_activity();
CREATE TRIGGER activities_delete_4_pass_on AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NOT NULL) EXECUTE FUNCTION pass_on_activity();

-- Sets `has` of an activity and of the one that it is merged into, where it differs.
CREATE FUNCTION note_recorded_data(changed UUID) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- The shown activity is locked before its records, as everywhere.
    PERFORM FROM activities
    WHERE id = (SELECT coalesce(merged_into, id) FROM activities WHERE id = changed) FOR NO KEY UPDATE;
    UPDATE activities a SET has = is_now.has
    FROM activities b, LATERAL (
        SELECT recorded_data(b, ARRAY(SELECT id FROM activities r WHERE r.merged_into = b.id)) AS has) is_now
    WHERE a.id = b.id AND a.has <> is_now.has
      AND b.id IN (SELECT unnest(ARRAY[c.id, c.merged_into]) FROM activities c WHERE c.id = changed);
END $$;

CREATE FUNCTION note_streams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A new activity already has the right value, unless it is merged.
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM activities
        WHERE id = NEW.activity_id AND merged_into IS NULL AND merged IS NULL
          AND has = NEW.series || CASE WHEN original_id IS NOT NULL THEN ARRAY['original'] ELSE '{}' END) THEN
        RETURN NULL;
    END IF;
    PERFORM note_recorded_data(CASE TG_OP WHEN 'DELETE' THEN OLD.activity_id ELSE NEW.activity_id END);
    RETURN NULL;
END $$;
CREATE TRIGGER activity_streams_insert_1_note AFTER INSERT ON activity_streams
    FOR EACH ROW EXECUTE FUNCTION note_streams();
CREATE TRIGGER activity_streams_update_1_note AFTER UPDATE OF series, filled ON activity_streams
    FOR EACH ROW WHEN ((OLD.series, OLD.filled) IS DISTINCT FROM (NEW.series, NEW.filled))
    EXECUTE FUNCTION note_streams();
CREATE TRIGGER activity_streams_delete_1_note AFTER DELETE ON activity_streams
    FOR EACH ROW EXECUTE FUNCTION note_streams();

-- A statement that changes an activity for its owner lists the given fields in `edited`. Those
-- whose values differ are remembered.
CREATE FUNCTION remember_edits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was     JSONB := to_jsonb(OLD);
    is_now  JSONB := to_jsonb(NEW);
    changed TEXT[] := ARRAY(SELECT field FROM unnest(NEW.edited) field WHERE was -> field <> is_now -> field);
    unknown TEXT[] := CASE WHEN OLD.edited IS NULL AND OLD.updated_at <> OLD.created_at THEN ARRAY['*'] END;
BEGIN
    NEW.edited := ARRAY(SELECT name FROM unnest(OLD.edited || unknown || changed) name
                        GROUP BY name ORDER BY name COLLATE "C");
    IF NEW.computed && changed THEN
        NEW.computed := ARRAY(SELECT name FROM unnest(NEW.computed) name WHERE name <> ALL (changed)
                              ORDER BY name COLLATE "C");
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activities_update_2_remember_edits BEFORE UPDATE OF edited ON activities
    FOR EACH ROW WHEN (NEW.edited IS DISTINCT FROM OLD.edited) EXECUTE FUNCTION remember_edits();
