DROP FUNCTION millimetres(DOUBLE PRECISION);
CREATE FUNCTION millimetres(metres REAL) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(round(metres::float8 * 1000), 0)::bigint
$$;

ALTER TABLE activities
    ALTER COLUMN distance_meters TYPE REAL,
    ALTER COLUMN elevation_gain_meters TYPE REAL,
    ALTER COLUMN elevation_loss_meters TYPE REAL,
    ALTER COLUMN avg_cadence TYPE REAL;

SELECT recount_activity_days(user_id) FROM activity_feeds;
