-- Who may register: invitations, and admins, who may give them without a limit.

ALTER TABLE users ADD COLUMN is_admin BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN users.is_admin IS 'Whether the user may invite any number of people.';

CREATE TABLE invitations (
    id         UUID PRIMARY KEY DEFAULT new_id(),
    user_id    UUID REFERENCES users ON DELETE CASCADE,
    digest     BYTEA NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    email      TEXT,
    uses       INTEGER NOT NULL CHECK (uses BETWEEN 1 AND 1000),
    used       INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX invitations_user_id_idx ON invitations (user_id, created_at);
CREATE INDEX invitations_email_idx ON invitations (email) WHERE email IS NOT NULL;
COMMENT ON TABLE invitations IS 'Links with which people may register although strangers may not.';
COMMENT ON COLUMN invitations.user_id IS 'The user who invites; NULL for the operator.';
COMMENT ON COLUMN invitations.digest IS 'A digest of the secret in the link. The secret itself is not stored.';
COMMENT ON COLUMN invitations.email IS 'The only address that may register with it, if there is one.';
COMMENT ON COLUMN invitations.uses IS
    'How many accounts may be created. A revoked invitation that was used has no more uses than it had.';

ALTER TABLE registrations ADD COLUMN invitation_id UUID REFERENCES invitations ON DELETE CASCADE;
COMMENT ON COLUMN registrations.invitation_id IS
    'The invitation, one use of which the verification of the address takes. NULL if none was needed.';

ALTER TABLE auth_events DROP CONSTRAINT auth_events_kind_check;
ALTER TABLE auth_events ADD CONSTRAINT auth_events_kind_check CHECK (kind IN (
    'login', 'login_failed', 'logged_out', 'session_ended', 'other_sessions_ended', 'session_device_changed',
    'refresh_refused', 'refresh_token_reused', 'email_verified', 'email_changed', 'password_changed',
    'password_reset', 'phone_verified', 'phone_removed', 'provider_linked', 'provider_unlinked',
    'token_created', 'token_deleted', 'webhook_created', 'webhook_deleted', 'webhook_disabled',
    'share_created', 'share_deleted', 'share_refused', 'export_created', 'export_downloaded',
    'export_refused', 'account_locked', 'account_unlocked', 'reset_granted', 'account_deleted',
    'invitation_created', 'invitation_deleted', 'invitation_accepted', 'admin_granted', 'admin_revoked')) NOT VALID;
