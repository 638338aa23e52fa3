-- Names that clients give activities: each app in a namespace of its own, and remembered when the activity is
-- deleted, so that a device that was offline does not bring it back.

-- Every row has one of a few sources so far: only what is written from now on is looked at.
ALTER TABLE activities
    ADD CONSTRAINT activities_source_check CHECK (source ~ '^[a-z0-9][a-z0-9_.-]{0,31}$') NOT VALID;

CREATE TABLE deleted_names (
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    activity_id UUID NOT NULL,
    deleted_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, source, external_id)
);
CREATE INDEX deleted_names_deleted_at_idx ON deleted_names (deleted_at);

-- Also of what stood behind another activity and is deleted with it.
CREATE FUNCTION remember_deleted_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Of a deleted account nothing is left.
    INSERT INTO deleted_names (user_id, source, external_id, activity_id)
    SELECT id, OLD.source, OLD.external_id, OLD.id FROM users WHERE id = OLD.user_id
    ON CONFLICT (user_id, source, external_id) DO UPDATE
        SET activity_id = excluded.activity_id, deleted_at = excluded.deleted_at;
    RETURN NULL;
END $$;
CREATE TRIGGER deleted_name_is_remembered AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.external_id IS NOT NULL) EXECUTE FUNCTION remember_deleted_name();
