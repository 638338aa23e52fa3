//! Uploaded files that are being imported.

diesel::table! {
    imports (id) {
        id -> Uuid,
        user_id -> Uuid,
        status -> Text,
        bytes -> Int8,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        claim -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        attempts -> Int4,
        found -> Int4,
        ignored -> Int4,
        code -> Nullable<Text>,
        message -> Nullable<Text>,
        may_restore -> Bool,
        done -> Int4,
        progressed_at -> Timestamptz,
        claimed_at -> Nullable<Timestamptz>,
        ignored_files -> Nullable<Jsonb>,
        details -> Nullable<Jsonb>,
    }
}

diesel::table! {
    import_parts (import_id, part) {
        import_id -> Uuid,
        part -> Int4,
        name -> Text,
        bytes -> Int8,
    }
}

diesel::table! {
    import_chunks (import_id, part, number) {
        import_id -> Uuid,
        part -> Int4,
        number -> Int4,
        data -> Bytea,
    }
}

diesel::table! {
    import_files (import_id, number) {
        import_id -> Uuid,
        number -> Int4,
        name -> Text,
        outcome -> Text,
        code -> Nullable<Text>,
        message -> Nullable<Text>,
        activity_ids -> Array<Uuid>,
        files -> Int4,
        warning -> Nullable<Text>,
    }
}
