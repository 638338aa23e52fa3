//! Activities, and what belongs to them.

use super::wide::further_columns;

diesel::table! {
    activities (id) {
        id -> Uuid,
        user_id -> Uuid,
        activity_type -> Text,
        started_at -> Timestamptz,
        duration_secs -> Int4,
        distance_meters -> Nullable<Float8>,
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
        elevation_gain_meters -> Nullable<Float8>,
        elevation_loss_meters -> Nullable<Float8>,
        avg_heart_rate -> Nullable<Int4>,
        max_heart_rate -> Nullable<Int4>,
        avg_power_watts -> Nullable<Int4>,
        avg_cadence -> Nullable<Float8>,
        utc_offset_minutes -> Nullable<Int4>,
        device -> Nullable<Text>,
        sport_raw -> Nullable<Text>,
        parent_id -> Nullable<Uuid>,
        laps -> Nullable<Jsonb>,
        sets -> Nullable<Jsonb>,
        original_id -> Nullable<Uuid>,
        merged_into -> Nullable<Uuid>,
        merged -> Nullable<Jsonb>,
    }
}

further_columns! {
    activities (id) {
        computed -> Nullable<Array<Text>>,
        edited -> Nullable<Array<Text>>,
        replaced -> Nullable<Jsonb>,
        has -> Array<Text>,
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
    deleted_names (user_id, source, external_id) {
        user_id -> Uuid,
        source -> Text,
        external_id -> Text,
        activity_id -> Uuid,
        deleted_at -> Timestamptz,
    }
}

diesel::table! {
    activity_streams (activity_id) {
        activity_id -> Uuid,
        data -> Bytea,
        efforts_version -> Int2,
        efforts_attempts -> Int2,
        filled -> Nullable<Int4>,
        series -> Nullable<Array<Text>>,
    }
}

diesel::table! {
    originals (id) {
        id -> Uuid,
        user_id -> Uuid,
        sha256 -> Bytea,
        file_name -> Text,
        bytes -> Int8,
        content -> Nullable<Bytea>,
        created_at -> Timestamptz,
        is_packed -> Bool,
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
