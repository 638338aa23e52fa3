DROP TABLE deleted_names, activity_tombstones, activity_feeds, activity_streams, activities, originals;
