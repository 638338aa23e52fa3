ALTER TABLE local_credentials DROP COLUMN reset_id;
UPDATE otp_challenges SET attempts = 5 WHERE attempts > 5;
ALTER TABLE otp_challenges DROP CONSTRAINT otp_challenges_attempts_check,
    ADD CONSTRAINT otp_challenges_attempts_check CHECK (attempts BETWEEN 0 AND 5);
DROP TABLE failure_runs;
