-- What Garmin answers that is odd: an event that fails waits by itself, and denials are counted.

-- When it is tried again; those behind it do not wait.
ALTER TABLE garmin_events ADD COLUMN due_at TIMESTAMPTZ NOT NULL DEFAULT now();

-- When Garmin denied what the connection's key or token asked for, within an hour, since it last
-- did not.
ALTER TABLE garmin_connections ADD COLUMN denied_at TIMESTAMPTZ[] NOT NULL DEFAULT '{}';
