//! Outgoing data: messages, webhooks, backups, account exports.

diesel::table! {
    webhooks (id) {
        id -> Uuid,
        user_id -> Uuid,
        url -> Text,
        events -> Array<Text>,
        created_at -> Timestamptz,
        failing_since -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        verified_at -> Nullable<Timestamptz>,
        challenge_error -> Nullable<Text>,
        skipped_since -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        event -> Text,
        created_at -> Timestamptz,
        attempts -> Int4,
        delivered_at -> Nullable<Timestamptz>,
        response_status -> Nullable<Int4>,
        last_error -> Nullable<Text>,
        event_id -> Uuid,
    }
}

diesel::table! {
    webhook_events (id) {
        id -> Uuid,
        payload -> Jsonb,
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
        unchecked_since -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    oldest_server (version) {
        version -> Text,
    }
}

diesel::table! {
    programs (digest) {
        digest -> Bytea,
        server -> Text,
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

diesel::table! {
    account_exports (user_id) {
        user_id -> Uuid,
        id -> Uuid,
        status -> Text,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        claim -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        attempts -> Int4,
        found -> Int8,
        done -> Int8,
        bytes -> Int8,
    }
}

diesel::table! {
    account_export_chunks (account_export_id, number) {
        account_export_id -> Uuid,
        number -> Int4,
        data -> Bytea,
    }
}

diesel::table! {
    shares (id) {
        id -> Uuid,
        user_id -> Uuid,
        digest -> Bytea,
        activity_id -> Nullable<Uuid>,
        picture -> Jsonb,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}
