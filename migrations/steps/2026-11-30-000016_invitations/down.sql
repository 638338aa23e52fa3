ALTER TABLE registrations DROP COLUMN invitation_id;
DROP TABLE invitations;
ALTER TABLE users DROP COLUMN is_admin;
ALTER TABLE auth_events DROP CONSTRAINT auth_events_kind_check;
ALTER TABLE auth_events ADD CONSTRAINT auth_events_kind_check CHECK (kind IN (
    'login', 'login_failed', 'logged_out', 'session_ended', 'other_sessions_ended', 'session_device_changed',
    'refresh_refused', 'refresh_token_reused', 'email_verified', 'email_changed', 'password_changed',
    'password_reset', 'phone_verified', 'phone_removed', 'provider_linked', 'provider_unlinked',
    'token_created', 'token_deleted', 'webhook_created', 'webhook_deleted', 'webhook_disabled',
    'share_created', 'share_deleted', 'share_refused', 'export_created', 'export_downloaded',
    'export_refused', 'account_locked', 'account_unlocked', 'reset_granted', 'account_deleted'));
