ALTER TABLE profiles DROP COLUMN phone_verified_at;
