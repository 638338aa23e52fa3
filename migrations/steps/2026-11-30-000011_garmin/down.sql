DROP TABLE garmin_events, garmin_activities, garmin_connections;
