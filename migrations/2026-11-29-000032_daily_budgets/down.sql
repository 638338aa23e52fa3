DROP INDEX registrations_verify_expires_idx;
DROP TABLE daily_budgets;
