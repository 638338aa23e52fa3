-- What the backup script has finished, so that `sports-log status` and alerts know without its files.
CREATE TABLE backups (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finished_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    file        TEXT NOT NULL,
    bytes       BIGINT NOT NULL CHECK (bytes > 0)
);
