//! The tables as diesel knows them. A test compares this file with the migrated database.

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        token_version -> Int4,
        locked_at -> Nullable<Timestamptz>,
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
    activities (id) {
        id -> Uuid,
        user_id -> Uuid,
        activity_type -> Text,
        started_at -> Timestamptz,
        duration_secs -> Int4,
        distance_meters -> Nullable<Float4>,
        calories -> Nullable<Int4>,
        notes -> Nullable<Text>,
        source -> Text,
        device_data -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision -> Int8,
        external_id -> Nullable<Text>,
        title -> Nullable<Text>,
        elapsed_secs -> Nullable<Int4>,
        moving_secs -> Nullable<Int4>,
        elevation_gain_meters -> Nullable<Float4>,
        elevation_loss_meters -> Nullable<Float4>,
        avg_heart_rate -> Nullable<Int4>,
        max_heart_rate -> Nullable<Int4>,
        avg_power_watts -> Nullable<Int4>,
        avg_cadence -> Nullable<Float4>,
        utc_offset_minutes -> Nullable<Int4>,
        device -> Nullable<Text>,
        sport_raw -> Nullable<Text>,
        parent_id -> Nullable<Uuid>,
        laps -> Nullable<Jsonb>,
        sets -> Nullable<Jsonb>,
    }
}

diesel::table! {
    activity_feeds (user_id) {
        user_id -> Uuid,
        last_revision -> Int8,
        awaited_until -> Timestamptz,
    }
}

diesel::table! {
    activity_tombstones (user_id, revision) {
        user_id -> Uuid,
        revision -> Int8,
        activity_id -> Uuid,
        deleted_at -> Timestamptz,
    }
}

diesel::table! {
    idempotent_answers (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        request -> Bytea,
        answer -> Nullable<Jsonb>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Uuid,
        user_id -> Uuid,
        url -> Text,
        events -> Array<Text>,
        created_at -> Timestamptz,
        failing_since -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        event -> Text,
        payload -> Jsonb,
        created_at -> Timestamptz,
        attempts -> Int4,
        delivered_at -> Nullable<Timestamptz>,
        response_status -> Nullable<Int4>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        kind -> Text,
        channel -> Text,
        user_id -> Nullable<Uuid>,
        subject_id -> Uuid,
        supersede_key -> Nullable<Text>,
        priority -> Int2,
        not_before -> Timestamptz,
        expires_at -> Timestamptz,
        attempts -> Int4,
        status -> Text,
        lease_until -> Nullable<Timestamptz>,
        fence -> Int8,
        last_error_class -> Nullable<Text>,
        last_error_code -> Nullable<Text>,
        provider_id -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        unconfirmed -> Int2,
        recipient -> Nullable<Text>,
    }
}

diesel::table! {
    backups (id) {
        id -> Int8,
        finished_at -> Timestamptz,
        file -> Text,
        bytes -> Int8,
    }
}

diesel::joinable!(profiles -> users (user_id));
diesel::joinable!(oauth_connections -> users (user_id));
diesel::joinable!(local_credentials -> users (user_id));
diesel::joinable!(registrations -> users (user_id));
diesel::joinable!(otp_challenges -> users (user_id));
diesel::joinable!(personal_tokens -> sessions (id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(activities -> users (user_id));
diesel::joinable!(activity_feeds -> users (user_id));
diesel::joinable!(activity_tombstones -> users (user_id));
diesel::joinable!(idempotent_answers -> users (user_id));
diesel::joinable!(webhooks -> users (user_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(outbox -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    profiles,
    oauth_connections,
    local_credentials,
    registrations,
    otp_challenges,
    sessions,
    personal_tokens,
    auth_events,
    spent_oauth_states,
    activities,
    activity_feeds,
    activity_tombstones,
    idempotent_answers,
    webhooks,
    webhook_deliveries,
    outbox,
    throttles,
    backups,
);
