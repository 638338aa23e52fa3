-- Failures in a row, however long they take: after a hundred, guessing is over (NIST SP 800-63B, 5.2.2).
CREATE TABLE failure_runs (
    -- A keyed digest of what was tried: the table names nobody.
    key      BYTEA PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Tries at a code are limited by who tries, so that strangers do not use up the owner's.
ALTER TABLE otp_challenges DROP CONSTRAINT otp_challenges_attempts_check,
    ADD CONSTRAINT otp_challenges_attempts_check CHECK (attempts >= 0);

-- What the link to choose a new password is derived from, so that asking again, as strangers can, mails
-- the same one and does not make the owner's void.
ALTER TABLE local_credentials ADD COLUMN reset_id UUID;
