ALTER TABLE goals DROP COLUMN announced_period;
