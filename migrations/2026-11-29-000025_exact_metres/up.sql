-- Metres as they were sent: REAL has seven digits, of which 123456.78 has eight.

DROP FUNCTION millimetres(REAL);
CREATE FUNCTION millimetres(metres DOUBLE PRECISION) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(round(metres * 1000), 0)::bigint
$$;

-- Converted through text, so that 5000.1 stays 5000.1 and does not become 5000.10009765625.
SET LOCAL extra_float_digits = 1;
ALTER TABLE activities
    ALTER COLUMN distance_meters TYPE DOUBLE PRECISION USING distance_meters::text::float8,
    ALTER COLUMN elevation_gain_meters TYPE DOUBLE PRECISION USING elevation_gain_meters::text::float8,
    ALTER COLUMN elevation_loss_meters TYPE DOUBLE PRECISION USING elevation_loss_meters::text::float8,
    ALTER COLUMN avg_cadence TYPE DOUBLE PRECISION USING avg_cadence::text::float8;

-- Their millimetres may be others now.
SELECT recount_activity_days(user_id) FROM activity_feeds;
