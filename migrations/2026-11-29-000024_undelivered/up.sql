-- Whether messages reach the account's present address and number: since when they do not, and why.
-- Beside the address itself, because GET /me reads it and the outbox forgets after 30 days.
ALTER TABLE users
    ADD COLUMN email_failed_at TIMESTAMPTZ,
    ADD COLUMN email_failure TEXT,
    ADD CONSTRAINT users_email_failure_check CHECK ((email_failed_at IS NULL) = (email_failure IS NULL));
ALTER TABLE profiles
    ADD COLUMN phone_failed_at TIMESTAMPTZ,
    ADD COLUMN phone_failure TEXT,
    ADD CONSTRAINT profiles_phone_failure_check CHECK ((phone_failed_at IS NULL) = (phone_failure IS NULL));

-- For the gauge of addresses that began to fail lately: one entry for each that fails.
CREATE INDEX users_email_failed_at_idx ON users (email_failed_at) WHERE email_failed_at IS NOT NULL;
CREATE INDEX profiles_phone_failed_at_idx ON profiles (phone_failed_at) WHERE phone_failed_at IS NOT NULL;
