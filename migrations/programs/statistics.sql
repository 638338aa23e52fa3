-- Totals per day, which triggers keep up to date.

CREATE FUNCTION millimetres(metres DOUBLE PRECISION) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(round(metres * 1000), 0)::bigint
$$;

-- Transactions that write to the same user's log wait for each other (take_activity_revisions), so
-- no two of them add to the same row at the same time.
CREATE FUNCTION count_added_activities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activity_days AS d
    SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date, a.activity_type, count(*), sum(a.duration_secs),
           sum(millimetres(a.distance_meters)), sum(millimetres(a.elevation_gain_meters)), sum(coalesce(a.calories, 0))
    FROM added a JOIN profiles p ON p.user_id = a.user_id
    WHERE a.merged_into IS NULL
    GROUP BY 1, 2, 3
    ON CONFLICT (user_id, day, activity_type) DO UPDATE
    SET activities = d.activities + excluded.activities,
        duration_secs = d.duration_secs + excluded.duration_secs,
        distance_mm = d.distance_mm + excluded.distance_mm,
        elevation_gain_mm = d.elevation_gain_mm + excluded.elevation_gain_mm,
        calories = d.calories + excluded.calories;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_insert_3_count AFTER INSERT ON activities
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_activities();

CREATE FUNCTION count_removed_activities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH less AS (
        SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date AS day, a.activity_type, count(*) AS activities,
               sum(a.duration_secs) AS duration_secs, sum(millimetres(a.distance_meters)) AS distance_mm,
               sum(millimetres(a.elevation_gain_meters)) AS elevation_gain_mm, sum(coalesce(a.calories, 0)) AS calories
        FROM removed a JOIN profiles p ON p.user_id = a.user_id
        WHERE a.merged_into IS NULL
        GROUP BY 1, 2, 3),
    left_over AS (
        UPDATE activity_days d
        SET activities = d.activities - less.activities,
            duration_secs = d.duration_secs - less.duration_secs,
            distance_mm = d.distance_mm - less.distance_mm,
            elevation_gain_mm = d.elevation_gain_mm - less.elevation_gain_mm,
            calories = d.calories - less.calories
        FROM less
        WHERE (d.user_id, d.day, d.activity_type) = (less.user_id, less.day, less.activity_type)
          AND d.activities > less.activities)
    DELETE FROM activity_days d USING less
    WHERE (d.user_id, d.day, d.activity_type) = (less.user_id, less.day, less.activity_type)
      AND d.activities <= less.activities;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_delete_6_count AFTER DELETE ON activities
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_removed_activities();

-- An update subtracts the old values and adds the new ones.
CREATE TRIGGER activities_update_6_count_removed AFTER UPDATE ON activities
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_removed_activities();
CREATE TRIGGER activities_update_7_count_added AFTER UPDATE ON activities
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_activities();

-- Recomputes a user's totals, for example after a change of the time zone. Other writers of the log
-- wait meanwhile.
CREATE FUNCTION recount_activity_days(owner UUID) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_activity_revisions(owner, 0);
    DELETE FROM activity_days WHERE user_id = owner;
    INSERT INTO activity_days
    SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date, a.activity_type, count(*), sum(a.duration_secs),
           sum(millimetres(a.distance_meters)), sum(millimetres(a.elevation_gain_meters)), sum(coalesce(a.calories, 0))
    FROM activities a JOIN profiles p ON p.user_id = a.user_id
    WHERE a.user_id = owner AND a.merged_into IS NULL
    GROUP BY 1, 2, 3;
END $$;

CREATE FUNCTION recount_activities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Fails for a time zone that PostgreSQL does not know, even if the user has no activities yet.
    PERFORM now() AT TIME ZONE NEW.time_zone;
    PERFORM recount_activity_days(NEW.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER profiles_update_1_recount AFTER UPDATE OF time_zone ON profiles
    FOR EACH ROW WHEN (NEW.time_zone <> OLD.time_zone) EXECUTE FUNCTION recount_activities();
