DROP INDEX activities_words_idx;
CREATE OR REPLACE FUNCTION activity_words(title TEXT, notes TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(notes, ''))
$$;
DROP FUNCTION fold_case(TEXT);
CREATE INDEX activities_words_idx ON activities USING gin (activity_words(title, notes))
    WHERE title IS NOT NULL OR notes IS NOT NULL;
