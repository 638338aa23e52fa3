DROP TABLE goals, activity_efforts, activity_days;
