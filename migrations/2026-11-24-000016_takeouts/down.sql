DROP TABLE takeout_chunks;
DROP TABLE takeouts;
