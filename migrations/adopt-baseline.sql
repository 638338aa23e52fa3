-- Converts a database from before 30 November 2026, whose 42 steps became the first 13 of
-- migrations/steps. Stop the server, make a backup, run
--
--     psql --set ON_ERROR_STOP=1 --single-transaction --file migrations/adopt-baseline.sql "$DATABASE_URL"
--
-- and start the new version, which creates migrations/programs. Only new databases have the
-- descriptions that \d+ shows.

DO $$
BEGIN
    IF (SELECT max(version) FROM __diesel_schema_migrations) IS DISTINCT FROM '20261129000044' THEN
        RAISE EXCEPTION 'this database is at another step'
            USING HINT = 'Start the last version before the baseline once, so that it is at 20261129000044.';
    END IF;
END $$;

DROP FUNCTION activity_summary, activity_words, announce_activity, bury_activity, count_added_activities,
    count_removed_activities, erase_outbox_recipient, forget_original, forget_webhook_events, keep_auth_events,
    keep_origins_true, keep_together, merge_activity, merged_fields, millimetres, notify_of_changes, number_activity,
    pass_on_activity, put_together, query_of_words, recount_activities, recount_activity_days, remeasure_activity,
    remember_deleted_name, remember_edits, take_activity_revisions, terms_query, unmerge_activity CASCADE;

CREATE FUNCTION new_id() RETURNS UUID LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
               PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
           52, 1), 53, 1), 'hex')::uuid;
ALTER TABLE activities ALTER id SET DEFAULT new_id(), VALIDATE CONSTRAINT activities_source_check;
ALTER TABLE originals ALTER id SET DEFAULT new_id();
ALTER TABLE imports ALTER id SET DEFAULT new_id();
ALTER TABLE goals ALTER id SET DEFAULT new_id();
ALTER TABLE shares ALTER id SET DEFAULT new_id();
ALTER TABLE privacy_places ALTER id SET DEFAULT new_id();
ALTER TABLE webhook_events ALTER id SET DEFAULT new_id();
ALTER TABLE webhook_deliveries ALTER id SET DEFAULT new_id();
ALTER TABLE outbox ALTER id SET DEFAULT new_id(), ADD CHECK (kind IN (
    'verify_email', 'reset_password', 'account_exists', 'login_code', 'phone_code', 'email_code', 'change_code',
    'security_notice', 'garmin_reauth', 'webhook'));
ALTER TABLE sessions ADD CHECK (method IN ('local', 'otp', 'google', 'facebook', 'oidc', 'token'));
ALTER TABLE auth_events ALTER id SET DEFAULT new_id(), ADD CHECK (kind IN (
    'login', 'login_failed', 'logged_out', 'session_ended', 'other_sessions_ended', 'session_device_changed',
    'refresh_refused', 'refresh_token_reused', 'email_verified', 'email_changed', 'password_changed', 'password_reset',
    'phone_verified', 'phone_removed', 'provider_linked', 'provider_unlinked', 'token_created', 'token_deleted',
    'webhook_created', 'webhook_deleted', 'webhook_disabled', 'share_created', 'share_deleted', 'share_refused',
    'export_created', 'export_downloaded', 'export_refused', 'account_locked', 'account_unlocked', 'reset_granted',
    'account_deleted'));
ALTER TABLE activity_efforts ADD CHECK (kind IN (
    'fastest_400m', 'fastest_1km', 'fastest_mile', 'fastest_5km', 'fastest_10km', 'fastest_half_marathon',
    'fastest_marathon', 'power_1min', 'power_5min', 'power_10min', 'power_20min', 'power_30min', 'power_60min'));
ALTER TABLE takeouts RENAME TO account_exports;
ALTER TABLE account_exports RENAME CONSTRAINT takeouts_pkey TO account_exports_pkey;
ALTER TABLE account_exports RENAME CONSTRAINT takeouts_id_key TO account_exports_id_key;
ALTER TABLE account_exports RENAME CONSTRAINT takeouts_status_check TO account_exports_status_check;
ALTER TABLE account_exports RENAME CONSTRAINT takeouts_user_id_fkey TO account_exports_user_id_fkey;
ALTER INDEX takeouts_unfinished_idx RENAME TO account_exports_unfinished_idx;
ALTER TABLE takeout_chunks RENAME TO account_export_chunks;
ALTER TABLE account_export_chunks RENAME COLUMN takeout_id TO account_export_id;
ALTER TABLE account_export_chunks RENAME CONSTRAINT takeout_chunks_pkey TO account_export_chunks_pkey;
ALTER TABLE account_export_chunks RENAME CONSTRAINT takeout_chunks_takeout_id_fkey TO account_export_chunks_account_export_id_fkey;
CREATE TABLE programs (digest BYTEA PRIMARY KEY, server TEXT NOT NULL);
CREATE UNIQUE INDEX programs_are_one ON programs ((true));

DELETE FROM __diesel_schema_migrations;
INSERT INTO __diesel_schema_migrations (version)
SELECT '20261130' || lpad(step::text, 6, '0') FROM generate_series(1, 13) step;
