//! Accounts, login methods, sessions, and the counters of rate limits.

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        token_version -> Int4,
        locked_at -> Nullable<Timestamptz>,
        email_failed_at -> Nullable<Timestamptz>,
        email_failure -> Nullable<Text>,
        is_admin -> Bool,
    }
}

diesel::table! {
    profiles (user_id) {
        user_id -> Uuid,
        display_name -> Nullable<Text>,
        preferred_units -> Text,
        phone_number -> Nullable<Text>,
        phone_verified -> Bool,
        preferences -> Jsonb,
        updated_at -> Timestamptz,
        time_zone -> Text,
        phone_verified_at -> Nullable<Timestamptz>,
        phone_failed_at -> Nullable<Timestamptz>,
        phone_failure -> Nullable<Text>,
    }
}

diesel::table! {
    privacy_places (id) {
        id -> Uuid,
        user_id -> Uuid,
        latitude -> Float8,
        longitude -> Float8,
        centre_latitude -> Float8,
        centre_longitude -> Float8,
        reach_meters -> Float8,
        is_automatic -> Bool,
    }
}

diesel::table! {
    privacy_zones (user_id, number) {
        user_id -> Uuid,
        number -> Int4,
        latitude -> Float8,
        longitude -> Float8,
        radius_meters -> Float8,
    }
}

diesel::table! {
    oauth_connections (id) {
        id -> Uuid,
        user_id -> Uuid,
        provider -> Text,
        provider_uid -> Text,
        access_token -> Nullable<Bytea>,
        refresh_token -> Nullable<Bytea>,
        expires_at -> Nullable<Timestamptz>,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        created_at -> Timestamptz,
        token_key_id -> Nullable<Text>,
    }
}

diesel::table! {
    local_credentials (user_id) {
        user_id -> Uuid,
        password_hash -> Nullable<Text>,
        email_verified -> Bool,
        reset_token -> Nullable<Bytea>,
        reset_expires -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
        reset_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    registrations (id) {
        id -> Uuid,
        user_id -> Uuid,
        password_hash -> Text,
        display_name -> Nullable<Text>,
        verify_token -> Bytea,
        verify_expires -> Timestamptz,
        created_at -> Timestamptz,
        invitation_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        digest -> Bytea,
        email -> Nullable<Text>,
        uses -> Int4,
        used -> Int4,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    otp_challenges (id) {
        id -> Uuid,
        user_id -> Uuid,
        channel -> Text,
        destination -> Text,
        code_hash -> Bytea,
        expires_at -> Timestamptz,
        attempts -> Int4,
        used -> Bool,
        created_at -> Timestamptz,
        purpose -> Text,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        token_version -> Int4,
        method -> Text,
        device -> Text,
        generation -> Int4,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_generation -> Int4,
        other_device -> Nullable<Text>,
    }
}

diesel::table! {
    personal_tokens (id) {
        id -> Uuid,
        digest -> Bytea,
        name -> Text,
        scopes -> Array<Text>,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    auth_events (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        kind -> Text,
        method -> Nullable<Text>,
        device -> Nullable<Text>,
        at -> Timestamptz,
        network -> Nullable<Text>,
    }
}

diesel::table! {
    spent_oauth_states (id) {
        id -> Uuid,
        spent_at -> Timestamptz,
    }
}

diesel::table! {
    throttles (key) {
        key -> Bytea,
        taken -> Array<Timestamptz>,
    }
}

diesel::table! {
    daily_budgets (key, day) {
        key -> Bytea,
        day -> Date,
        used -> Int4,
    }
}

diesel::table! {
    failure_runs (key) {
        key -> Bytea,
        failures -> Int4,
        last_at -> Timestamptz,
    }
}
