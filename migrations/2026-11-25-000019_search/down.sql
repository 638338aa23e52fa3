DROP INDEX activities_words_idx;
DROP FUNCTION activity_words(TEXT, TEXT);
