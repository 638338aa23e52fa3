-- What remains of a deleted activity, and what is deleted with it. Nothing remains of a deleted
-- account.

CREATE FUNCTION bury_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A deleted account needs no tombstones.
    IF EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
        INSERT INTO activity_tombstones (user_id, revision, activity_id)
        VALUES (OLD.user_id, take_activity_revisions(OLD.user_id, 1), OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_delete_1_bury AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NULL) EXECUTE FUNCTION bury_activity();

-- Also remembers merged records, which are deleted with the activity.
CREATE FUNCTION remember_deleted_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Nothing remains of a deleted account.
    INSERT INTO deleted_names (user_id, source, external_id, activity_id)
    SELECT id, OLD.source, OLD.external_id, OLD.id FROM users WHERE id = OLD.user_id
    ON CONFLICT (user_id, source, external_id) DO UPDATE
        SET activity_id = excluded.activity_id, deleted_at = excluded.deleted_at;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_delete_2_remember_name AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.external_id IS NOT NULL) EXECUTE FUNCTION remember_deleted_name();

-- A file is kept as long as an activity that was created from it.
CREATE FUNCTION forget_original() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM originals o WHERE o.id = OLD.original_id
        AND NOT EXISTS (SELECT FROM activities a WHERE a.original_id = o.id);
    RETURN NULL;
END $$;
CREATE TRIGGER activities_delete_5_forget_original AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.original_id IS NOT NULL) EXECUTE FUNCTION forget_original();
