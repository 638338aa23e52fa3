ALTER TABLE garmin_connections DROP COLUMN denied_at;
ALTER TABLE garmin_events DROP COLUMN due_at;
