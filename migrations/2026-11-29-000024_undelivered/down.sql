ALTER TABLE profiles DROP COLUMN phone_failed_at, DROP COLUMN phone_failure;
ALTER TABLE users DROP COLUMN email_failed_at, DROP COLUMN email_failure;
