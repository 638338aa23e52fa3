//! Statistics computed from activities, and goals.

diesel::table! {
    activity_days (user_id, day, activity_type) {
        user_id -> Uuid,
        day -> Date,
        activity_type -> Text,
        activities -> Int4,
        duration_secs -> Int8,
        distance_mm -> Int8,
        elevation_gain_mm -> Int8,
        calories -> Int8,
    }
}

diesel::table! {
    activity_efforts (activity_id, kind) {
        activity_id -> Uuid,
        kind -> Text,
        value -> Float8,
        start_secs -> Float8,
        end_secs -> Float8,
    }
}

diesel::table! {
    announced_records (activity_id, exercise, kind) {
        activity_id -> Uuid,
        exercise -> Text,
        kind -> Text,
        score -> Float8,
    }
}

diesel::table! {
    goals (id) {
        id -> Uuid,
        user_id -> Uuid,
        metric -> Text,
        period -> Text,
        target -> Float8,
        activity_type -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        announced_period -> Nullable<Date>,
    }
}
