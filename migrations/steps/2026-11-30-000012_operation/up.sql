-- State that servers and scripts share.

CREATE TABLE backups (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finished_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    file        TEXT NOT NULL,
    bytes       BIGINT NOT NULL CHECK (bytes > 0)
);
COMMENT ON TABLE backups IS
    'Finished backups, recorded by the backup script so that `sports-log status` and alerts can check them without '
    'access to the files.';

CREATE TABLE oldest_server (
    version TEXT PRIMARY KEY
);
CREATE UNIQUE INDEX oldest_server_is_one ON oldest_server ((true));
INSERT INTO oldest_server (version) VALUES ('0.1.0');
COMMENT ON TABLE oldest_server IS
    'The oldest version of sports-log that the schema supports. A migration that removes something older servers need '
    'raises it.';

CREATE TABLE programs (
    digest BYTEA PRIMARY KEY,
    server TEXT NOT NULL
);
CREATE UNIQUE INDEX programs_are_one ON programs ((true));
COMMENT ON TABLE programs IS 'SHA-256 of migrations/programs as last created in this database.';
COMMENT ON COLUMN programs.server IS 'The version of the server that created them. An older server leaves them unchanged.';
