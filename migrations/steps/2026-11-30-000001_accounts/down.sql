DROP TABLE spent_oauth_states, auth_events, personal_tokens, sessions, otp_challenges, oauth_connections, registrations,
    local_credentials, profiles, users;
DROP FUNCTION new_id();
