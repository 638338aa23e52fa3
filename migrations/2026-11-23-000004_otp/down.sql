DROP INDEX outbox_finished_at_idx;
ALTER TABLE outbox DROP COLUMN unconfirmed;
DROP TABLE throttles;
DROP INDEX profiles_proven_phone_number_key;
DROP INDEX otp_challenges_created_at_idx;
ALTER TABLE otp_challenges DROP CONSTRAINT otp_challenges_attempts_check, DROP COLUMN purpose;
