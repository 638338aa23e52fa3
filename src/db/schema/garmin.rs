//! Connections to Garmin Connect.

diesel::table! {
    garmin_connections (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        mode -> Text,
        garmin_user_id -> Nullable<Text>,
        credential -> Bytea,
        access_token -> Nullable<Bytea>,
        access_expires_at -> Nullable<Timestamptz>,
        token_key_id -> Text,
        created_at -> Timestamptz,
        needs_reauth -> Bool,
        claim -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        worked_at -> Nullable<Timestamptz>,
        attempts -> Int4,
        paused_until -> Timestamptz,
        next_sync_at -> Timestamptz,
        history_before -> Nullable<Date>,
        history_offset -> Int4,
        history_done_at -> Nullable<Timestamptz>,
        last_success_at -> Nullable<Timestamptz>,
        last_error_at -> Nullable<Timestamptz>,
        last_error_code -> Nullable<Text>,
        last_error_message -> Nullable<Text>,
        denied_at -> Array<Timestamptz>,
    }
}

diesel::table! {
    garmin_activities (connection_id, garmin_id) {
        connection_id -> Uuid,
        garmin_id -> Text,
        digest -> Bytea,
        title -> Nullable<Text>,
    }
}

diesel::table! {
    garmin_events (id) {
        id -> Int8,
        connection_id -> Uuid,
        kind -> Text,
        body -> Jsonb,
        attempts -> Int4,
        received_at -> Timestamptz,
        due_at -> Timestamptz,
    }
}
