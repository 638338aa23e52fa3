DROP TABLE idempotent_answers, failure_runs, daily_budgets, throttles;
