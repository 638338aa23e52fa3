-- Converts the text in a search box to a query. The functions for the words of an activity are used
-- by an index and so are in steps/*_search.

-- Supports the syntax of websearch_to_tsquery: "a phrase", -without, or.
CREATE FUNCTION query_of_words(bare TEXT) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    letters CONSTANT TEXT COLLATE "C" := E'\u0E01-\u0E3A\u0E40-\u0E4E\u0E81-\u0EBD\u0EC0-\u0ECD\u0EDC-\u0EDF\u1000-\u103F\u1050-\u109F\uA9E0-\uA9EF\uA9FA-\uA9FE\uAA60-\uAA7F\u1780-\u17D3\u17D7\u17DC\u17DD\u1100-\u11FF\uAC00-\uD7A3\u3005-\u3007\u3041-\u30FA\u30FC-\u30FF\u3105-\u312F\u31A0-\u31BF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF';
    query   TEXT;
BEGIN
    bare := translate(bare, E'!#$%&''()*+,./:;<=>?@[\\]^_`{|}~\t\n\r\f\x0B', repeat(' ', 35));
    -- A hyphen excludes only at the beginning of a word.
    bare := regexp_replace(bare, '([^ "-])-+', '\1 ', 'g');
    IF octet_length(bare) = char_length(bare) OR bare COLLATE "C" !~ ('[' || letters || ']') THEN
        RETURN websearch_to_tsquery('simple', bare);
    END IF;
    -- Every second segment is within quotes. Outside quotes, the pairs of a run become a phrase.
    SELECT string_agg(words, '"' ORDER BY segment) INTO query
    FROM unnest(string_to_array(bare, '"')) WITH ORDINALITY AS segments(content, segment),
         LATERAL (
            SELECT string_agg(part[1] || CASE
                WHEN part[2] = '' THEN ''
                WHEN segment % 2 = 0 THEN ' ' || in_pairs || ' '
                WHEN part[1] LIKE '%-' THEN '"' || in_pairs || '" '
                ELSE ' "' || in_pairs || '" ' END, '' ORDER BY place) AS words
            FROM regexp_matches(content COLLATE "C", '([^' || letters || ']*)([' || letters || ']*)', 'g') WITH ORDINALITY AS parts(part, place),
                 LATERAL (
                    SELECT string_agg(letter || coalesce(neighbour, ''), ' ' ORDER BY number) AS in_pairs
                    FROM (SELECT letter, number, lead(letter) OVER (ORDER BY number) AS neighbour
                          FROM unnest(string_to_array(part[2], NULL)) WITH ORDINALITY AS run(letter, number)) neighbours
                    WHERE neighbour IS NOT NULL OR number = 1) run) spaced;
    RETURN websearch_to_tsquery('simple', query);
END $$;

CREATE FUNCTION terms_query(words TEXT) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN query_of_words(bare_letters(fold_case(words)));
