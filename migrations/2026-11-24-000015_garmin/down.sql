DROP TABLE garmin_events;
DROP TABLE garmin_activities;
DROP TABLE garmin_connections;
