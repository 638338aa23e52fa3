-- Counters that all servers share. Keys are keyed digests of the limited value, so that no address
-- or phone number is stored because it was tried.

CREATE TABLE throttles (
    key   BYTEA PRIMARY KEY,
    taken TIMESTAMPTZ[] NOT NULL
);
COMMENT ON TABLE throttles IS 'When limited actions were recently performed, per key.';

CREATE TABLE daily_budgets (
    key  BYTEA NOT NULL,
    day  DATE NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (key, day)
);
CREATE INDEX daily_budgets_day_idx ON daily_budgets (day);
COMMENT ON TABLE daily_budgets IS
    'How much of a budget was used on a day (UTC). For large budgets, for which a count suffices. Small ones with a '
    'sliding window are in throttles.';

CREATE TABLE failure_runs (
    key      BYTEA PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE failure_runs IS
    'Consecutive failures, over any time. A limit of one hundred prevents guessing (NIST SP 800-63B, 5.2.2).';

CREATE TABLE idempotent_answers (
    user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    key        TEXT NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    request    BYTEA NOT NULL,
    answer     JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_answers_created_at_idx ON idempotent_answers (created_at);
COMMENT ON TABLE idempotent_answers IS 'Responses to requests with an Idempotency-Key, kept for a day.';
COMMENT ON COLUMN idempotent_answers.request IS 'A digest of the request.';
