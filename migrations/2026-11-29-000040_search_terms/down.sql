DROP FUNCTION terms_query(TEXT), activity_terms(TEXT, TEXT);
DROP FUNCTION query_of_words(TEXT), words_of_text(TEXT), bare_letters(TEXT);
