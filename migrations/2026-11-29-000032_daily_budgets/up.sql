-- How much of something was used on a day (UTC), for all replicas together: large budgets, of which a
-- count is enough. Small ones that slide are in throttles.
CREATE TABLE daily_budgets (
    -- A keyed digest of what is limited.
    key  BYTEA NOT NULL,
    day  DATE NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (key, day)
);
CREATE INDEX daily_budgets_day_idx ON daily_budgets (day);

-- Registrations that nobody confirmed are looked for every hour.
CREATE INDEX registrations_verify_expires_idx ON registrations (verify_expires);
