ALTER TABLE activity_streams DROP COLUMN series;
ALTER TABLE activities DROP COLUMN has;
