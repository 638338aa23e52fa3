DROP FUNCTION activity_terms(TEXT, TEXT), words_of_text(TEXT), bare_letters(TEXT), fold_case(TEXT);
