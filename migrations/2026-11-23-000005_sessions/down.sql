DROP TRIGGER outbox_recipient_is_erased ON outbox;
DROP FUNCTION erase_outbox_recipient;
DELETE FROM outbox WHERE user_id IS NULL;
ALTER TABLE outbox DROP COLUMN recipient, ALTER COLUMN user_id SET NOT NULL;
DELETE FROM otp_challenges WHERE purpose IN ('email', 'change');
ALTER TABLE otp_challenges DROP CONSTRAINT otp_challenges_purpose_check,
    ADD CONSTRAINT otp_challenges_purpose_check CHECK (purpose IN ('login', 'phone'));
DROP TABLE auth_events;
DROP FUNCTION keep_auth_events;
DELETE FROM users WHERE email IS NULL;
ALTER TABLE users DROP COLUMN locked_at, ALTER COLUMN email SET NOT NULL;
DROP TABLE sessions;
