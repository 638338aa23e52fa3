-- When a number was proven: a recent proof must not confirm a change of the account. NULL for numbers
-- that were proven before this column existed.
ALTER TABLE profiles ADD COLUMN phone_verified_at timestamptz;
