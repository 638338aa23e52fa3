ALTER TABLE sessions DROP COLUMN used_generation, DROP COLUMN other_device;
