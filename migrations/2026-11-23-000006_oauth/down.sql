DROP TABLE spent_oauth_states;
CREATE INDEX oauth_connections_user_id_idx ON oauth_connections (user_id);
ALTER TABLE oauth_connections
    DROP CONSTRAINT oauth_connections_user_id_provider_key,
    DROP COLUMN token_key_id,
    DROP COLUMN created_at,
    DROP COLUMN email,
    DROP COLUMN name;
