-- The oldest version of sports-log that may use this schema. A migration that takes away what older servers need raises it.
CREATE TABLE oldest_server (
    version TEXT PRIMARY KEY
);
CREATE UNIQUE INDEX oldest_server_is_one ON oldest_server ((true));
INSERT INTO oldest_server (version) VALUES ('0.1.0');

-- Older servers, which use activity_words(), still find everything, only not as fast.
DROP INDEX activities_words_idx;
