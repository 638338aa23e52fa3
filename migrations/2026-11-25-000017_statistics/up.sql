-- Totals of each day, so that a summary of ten years reads days and not activities; goals; and the fastest
-- parts of what was recorded.

-- The zone whose days, weeks and months are the user's.
ALTER TABLE profiles ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC' CHECK (char_length(time_zone) BETWEEN 1 AND 64);

-- Of the activities that are shown, by the day in the zone of the user's profile. Whole millimetres can be
-- added and taken away for ever without an error that grows.
CREATE TABLE activity_days (
    user_id           UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    day               DATE NOT NULL,
    activity_type     TEXT NOT NULL,
    activities        INTEGER NOT NULL,
    duration_secs     BIGINT NOT NULL,
    distance_mm       BIGINT NOT NULL,
    elevation_gain_mm BIGINT NOT NULL,
    calories          BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, activity_type)
) WITH (fillfactor = 80);

CREATE FUNCTION millimetres(metres REAL) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(round(metres::float8 * 1000), 0)::bigint
$$;

-- Writers of one user's log wait for each other (take_activity_revisions), so what is added here is never
-- added to a row that somebody else is adding to.
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
CREATE TRIGGER added_activities_are_counted AFTER INSERT ON activities
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
CREATE TRIGGER removed_activities_are_counted AFTER DELETE ON activities
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_removed_activities();

-- A change takes away what was and adds what is: in the order of these names.
CREATE TRIGGER changed_activities_are_counted_1 AFTER UPDATE ON activities
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_removed_activities();
CREATE TRIGGER changed_activities_are_counted_2 AFTER UPDATE ON activities
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_activities();

-- Anew, as after a change of the zone. Nobody else writes to the log meanwhile.
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
SELECT recount_activity_days(user_id) FROM activity_feeds;

CREATE FUNCTION recount_activities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A zone that PostgreSQL does not know fails here, also where there is nothing to count yet.
    PERFORM now() AT TIME ZONE NEW.time_zone;
    PERFORM recount_activity_days(NEW.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER zone_is_of_all_days AFTER UPDATE OF time_zone ON profiles
    FOR EACH ROW WHEN (NEW.time_zone <> OLD.time_zone) EXECUTE FUNCTION recount_activities();

CREATE TABLE goals (
    id            UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    metric        TEXT NOT NULL CHECK (metric IN ('activities', 'duration', 'distance', 'elevation')),
    period        TEXT NOT NULL CHECK (period IN ('week', 'month', 'year')),
    -- In activities, seconds or metres.
    target        DOUBLE PRECISION NOT NULL CHECK (target BETWEEN 1 AND 1e12),
    -- NULL counts all.
    activity_type TEXT CHECK (activity_type ~ '^[a-z0-9_]{1,32}$'),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX goals_user_id_idx ON goals (user_id, created_at);

-- The best that was found in an activity's streams: the shortest time for a distance, the highest average power
-- for a time.
CREATE TABLE activity_efforts (
    activity_id UUID NOT NULL REFERENCES activities ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    -- Seconds, or watts.
    value       DOUBLE PRECISION NOT NULL,
    -- Seconds since the activity started.
    start_secs  DOUBLE PRECISION NOT NULL,
    end_secs    DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (activity_id, kind)
);
-- By which version of the search they were looked for; 0: not yet.
ALTER TABLE activity_streams ADD COLUMN efforts_version SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX activity_streams_efforts_version_idx ON activity_streams (efforts_version);
