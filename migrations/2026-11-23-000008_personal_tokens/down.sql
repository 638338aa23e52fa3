DELETE FROM sessions WHERE method = 'token';
DROP TABLE personal_tokens;
