-- Webhooks learn once in each period that a goal was reached.

ALTER TABLE goals ADD COLUMN announced_period DATE;
COMMENT ON COLUMN goals.announced_period IS
    'First day of the last period in which the goal was reached and webhooks were informed, or already knew.';
