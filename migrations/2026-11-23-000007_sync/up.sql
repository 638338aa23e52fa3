-- Keeping copies of the log level: revisions, tombstones, names that other systems gave; and
-- answers that a client may ask for once more.

-- Each change of a user's log has a number of that user's own. Whoever takes one locks this row
-- until the transaction ends, so numbers become visible in their order: there is none to come
-- below one that was seen.
CREATE TABLE activity_feeds (
    user_id       UUID PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    last_revision BIGINT NOT NULL,
    -- Until then somebody waits to hear of a change.
    awaited_until TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- The last of `how_many` new revisions. Who waits is told when the transaction commits.
CREATE FUNCTION take_activity_revisions(owner UUID, how_many BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    feed activity_feeds;
BEGIN
    INSERT INTO activity_feeds AS f (user_id, last_revision) VALUES (owner, how_many)
    ON CONFLICT (user_id) DO UPDATE SET last_revision = f.last_revision + how_many
    RETURNING * INTO feed;
    IF feed.awaited_until > now() THEN
        PERFORM pg_notify('activities', owner::text);
    END IF;
    RETURN feed.last_revision;
END $$;

ALTER TABLE activities
    ADD COLUMN revision BIGINT,
    -- What the system that `source` names calls it.
    ADD COLUMN external_id TEXT CHECK (char_length(external_id) BETWEEN 1 AND 200);

UPDATE activities SET revision = numbered.revision
FROM (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY created_at, id) AS revision FROM activities) numbered
WHERE numbered.id = activities.id;
INSERT INTO activity_feeds (user_id, last_revision) SELECT user_id, max(revision) FROM activities GROUP BY user_id;

ALTER TABLE activities ALTER COLUMN revision SET NOT NULL;
CREATE UNIQUE INDEX activities_user_id_revision_idx ON activities (user_id, revision);
CREATE UNIQUE INDEX activities_external_id_idx ON activities (user_id, source, external_id)
    WHERE external_id IS NOT NULL;

-- Triggers, so that no writer forgets. One that changes many takes its numbers at once, and says them.
CREATE FUNCTION number_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := take_activity_revisions(NEW.user_id, 1);
    RETURN NEW;
END $$;
CREATE TRIGGER activity_is_numbered BEFORE INSERT ON activities
    FOR EACH ROW WHEN (NEW.revision IS NULL) EXECUTE FUNCTION number_activity();
CREATE TRIGGER changed_activity_is_numbered BEFORE UPDATE ON activities
    FOR EACH ROW WHEN (NEW.revision = OLD.revision) EXECUTE FUNCTION number_activity();

CREATE TABLE activity_tombstones (
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    revision    BIGINT NOT NULL,
    activity_id UUID NOT NULL,
    deleted_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, revision)
);
CREATE INDEX activity_tombstones_deleted_at_idx ON activity_tombstones (deleted_at);

CREATE FUNCTION bury_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Of a deleted account nothing is left, and nobody to tell.
    IF EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
        INSERT INTO activity_tombstones (user_id, revision, activity_id)
        VALUES (OLD.user_id, take_activity_revisions(OLD.user_id, 1), OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deleted_activity_is_buried AFTER DELETE ON activities
    FOR EACH ROW EXECUTE FUNCTION bury_activity();

-- What was answered to a request with an Idempotency-Key, for a day. The digest is of the request.
CREATE TABLE idempotent_answers (
    user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    key        TEXT NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    request    BYTEA NOT NULL,
    answer     JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_answers_created_at_idx ON idempotent_answers (created_at);
