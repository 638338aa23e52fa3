DROP TABLE takeout_chunks, takeouts;
