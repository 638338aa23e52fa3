CREATE INDEX activities_words_idx ON activities USING gin (activity_words(title, notes))
    WHERE title IS NOT NULL OR notes IS NOT NULL;
DROP TABLE oldest_server;
