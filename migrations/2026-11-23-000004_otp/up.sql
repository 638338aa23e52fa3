-- One-time codes, proven phone numbers, limits, and what the delivery of text messages needs.

-- A code logs in or proves a number, never both. The code itself is derived when it is sent.
ALTER TABLE otp_challenges
    ADD COLUMN purpose TEXT NOT NULL DEFAULT 'login' CHECK (purpose IN ('login', 'phone')),
    ADD CHECK (attempts BETWEEN 0 AND 5);
CREATE INDEX otp_challenges_created_at_idx ON otp_challenges (created_at);

-- A number is an identifier once it is proven, and then it is one account's.
CREATE UNIQUE INDEX profiles_proven_phone_number_key ON profiles (phone_number) WHERE phone_verified;

-- How often something was done lately, for all replicas together.
CREATE TABLE throttles (
    -- A keyed digest of what is limited: no address or number is kept for having been tried.
    key   BYTEA PRIMARY KEY,
    taken TIMESTAMPTZ[] NOT NULL
);

-- Tries that the provider may have taken without our hearing of it.
ALTER TABLE outbox ADD COLUMN unconfirmed SMALLINT NOT NULL DEFAULT 0 CHECK (unconfirmed >= 0);
CREATE INDEX outbox_finished_at_idx ON outbox (finished_at) WHERE finished_at IS NOT NULL;
