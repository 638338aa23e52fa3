-- Creates events for webhooks in the transaction that changes the log. src/webhooks sends them.

-- An activity as lists show it. The columns are listed here, so that a new column is not sent to
-- webhooks by accident.
CREATE FUNCTION activity_summary(a activities) RETURNS JSONB LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', a.id, 'activity_type', a.activity_type, 'started_at', a.started_at, 'duration_secs', a.duration_secs,
        'distance_meters', a.distance_meters, 'calories', a.calories, 'notes', a.notes, 'source', a.source,
        'created_at', a.created_at, 'updated_at', a.updated_at, 'revision', a.revision, 'external_id', a.external_id,
        'title', a.title, 'elapsed_secs', a.elapsed_secs, 'moving_secs', a.moving_secs,
        'elevation_gain_meters', a.elevation_gain_meters, 'elevation_loss_meters', a.elevation_loss_meters,
        'avg_heart_rate', a.avg_heart_rate, 'max_heart_rate', a.max_heart_rate, 'avg_power_watts', a.avg_power_watts,
        'avg_cadence', a.avg_cadence, 'utc_offset_minutes', a.utc_offset_minutes, 'device', a.device,
        'sport_raw', a.sport_raw, 'parent_id', a.parent_id, 'has', a.has)
$$;

-- Whether a webhook of the user gets such events. A deleted account has no webhooks to inform.
CREATE FUNCTION is_awaited(owner UUID, happened TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM webhooks JOIN users ON users.id = user_id
                   WHERE user_id = owner AND verified_at IS NOT NULL AND disabled_at IS NULL
                     AND happened = ANY (events))
$$;

-- Creates an event, and a delivery of it for each webhook that gets such events.
CREATE FUNCTION announce(owner UUID, happened TEXT, data JSONB) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    announced UUID;
BEGIN
    INSERT INTO webhook_events (payload)
    VALUES (jsonb_build_object('type', happened, 'timestamp', now(), 'data', data))
    RETURNING id INTO announced;
    WITH made AS (
        INSERT INTO webhook_deliveries (webhook_id, event, event_id)
        SELECT id, happened, announced FROM webhooks
        WHERE user_id = owner AND verified_at IS NOT NULL AND disabled_at IS NULL
          AND happened = ANY (events)
        -- Waits for a concurrent deletion of the webhook, and then skips it.
        FOR KEY SHARE
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', owner, id, now() + interval '3 days' FROM made;
    IF FOUND THEN
        NOTIFY outbox;
    ELSE
        DELETE FROM webhook_events WHERE id = announced;
    END IF;
END $$;

CREATE FUNCTION announce_activity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happened TEXT := CASE TG_OP WHEN 'INSERT' THEN 'activity.created' WHEN 'UPDATE' THEN 'activity.updated'
                                ELSE 'activity.deleted' END;
    activity activities;
BEGIN
    IF TG_OP = 'DELETE' THEN activity := OLD; ELSE activity := NEW; END IF;
    IF is_awaited(activity.user_id, happened) THEN
        PERFORM announce(activity.user_id, happened, CASE TG_OP WHEN 'DELETE'
            THEN jsonb_build_object('id', activity.id, 'source', activity.source, 'external_id', activity.external_id,
                                    'revision', activity.revision)
            ELSE activity_summary(activity) END);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER activities_insert_2_announce AFTER INSERT ON activities
    FOR EACH ROW WHEN (NEW.merged_into IS NULL) EXECUTE FUNCTION announce_activity();
-- `has` alone changes when a new version looks through the log of years, which is no news.
CREATE TRIGGER activities_update_4_announce AFTER UPDATE ON activities
    FOR EACH ROW WHEN (NEW.merged_into IS NULL AND (NEW.has = OLD.has OR NEW.updated_at <> OLD.updated_at)) EXECUTE FUNCTION announce_activity();
CREATE TRIGGER activities_delete_3_announce AFTER DELETE ON activities
    FOR EACH ROW WHEN (OLD.merged_into IS NULL) EXECUTE FUNCTION announce_activity();

-- Says that an import has ended by itself. A client that cancels one knows.
CREATE FUNCTION announce_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_awaited(NEW.user_id, 'import.finished') THEN
        PERFORM announce(NEW.user_id, 'import.finished', (
            SELECT jsonb_build_object(
                'id', NEW.id, 'status', NEW.status, 'code', NEW.code, 'message', NEW.message,
                'imported', count(*) FILTER (WHERE outcome = 'imported'),
                'merged', count(*) FILTER (WHERE outcome IN ('merged', 'updated')),
                'duplicate', count(*) FILTER (WHERE outcome = 'duplicate'),
                'refused', coalesce(sum(files) FILTER (WHERE outcome = 'refused'), 0))
            FROM import_files WHERE import_id = NEW.id));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER imports_update_1_announce AFTER UPDATE OF finished_at ON imports
    FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.status IN ('done', 'failed'))
    EXECUTE FUNCTION announce_import();

-- Says that a connection needs its owner.
CREATE FUNCTION announce_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_awaited(NEW.user_id, 'connection.needs_reauth') THEN
        PERFORM announce(NEW.user_id, 'connection.needs_reauth', jsonb_build_object(
            'service', 'garmin', 'code', NEW.last_error_code, 'message', NEW.last_error_message));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER garmin_connections_update_1_announce AFTER UPDATE OF needs_reauth ON garmin_connections
    FOR EACH ROW WHEN (NEW.needs_reauth AND NOT OLD.needs_reauth AND NEW.user_id IS NOT NULL)
    EXECUTE FUNCTION announce_connection();

-- The amount reached in a period of a goal that begins at `first`, in the unit of its target.
CREATE FUNCTION goal_progress(g goals, first DATE) RETURNS DOUBLE PRECISION LANGUAGE sql STABLE AS $$
    SELECT coalesce(CASE g.metric
        WHEN 'activities' THEN sum(d.activities::float8)
        WHEN 'duration' THEN sum(d.duration_secs::float8)
        WHEN 'distance' THEN sum(d.distance_mm::float8) / 1000
        ELSE sum(d.elevation_gain_mm::float8) / 1000 END, 0)
    FROM activity_days d
    WHERE d.user_id = g.user_id AND (g.activity_type IS NULL OR d.activity_type = g.activity_type)
      AND d.day >= first AND d.day < first + ('1 ' || g.period)::interval
$$;

-- The first day of a goal's current period, if the goal is reached in it. Weeks begin on Mondays.
CREATE FUNCTION reached_period(g goals) RETURNS DATE LANGUAGE sql STABLE AS $$
    SELECT first FROM (SELECT date_trunc(g.period, now() AT TIME ZONE time_zone)::date AS first
                       FROM profiles WHERE user_id = g.user_id) p
    WHERE goal_progress(g, first) >= g.target
$$;

-- Announces goals that are reached now, once in each period. Runs at the end of the transaction,
-- because an import counts an activity twice until it has merged both records of it.
CREATE FUNCTION announce_goals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached goals;
BEGIN
    IF NOT is_awaited(NEW.user_id, 'goal.reached') THEN
        RETURN NULL;
    END IF;
    FOR reached IN
        UPDATE goals g SET announced_period = reached_period(g)
        WHERE g.user_id = NEW.user_id AND reached_period(g) <> coalesce(g.announced_period, '-infinity')
        RETURNING g.*
    LOOP
        PERFORM announce(reached.user_id, 'goal.reached', jsonb_build_object(
            'id', reached.id, 'metric', reached.metric, 'period', reached.period, 'target', reached.target,
            'activity_type', reached.activity_type, 'from', reached.announced_period,
            'to', (reached.announced_period + ('1 ' || reached.period)::interval)::date - 1,
            'progress', goal_progress(reached, reached.announced_period)));
    END LOOP;
    RETURN NULL;
END $$;
-- No period is longer than a year, so an archive of former years costs nothing.
CREATE CONSTRAINT TRIGGER activity_days_insert_1_announce_goals AFTER INSERT ON activity_days
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.day > current_date - 368) EXECUTE FUNCTION announce_goals();
CREATE CONSTRAINT TRIGGER activity_days_update_1_announce_goals AFTER UPDATE ON activity_days
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.day > current_date - 368) EXECUTE FUNCTION announce_goals();

-- Marks goals that are reached without an activity: when they are set or changed, and before a webhook
-- gets such events. They are no news.
CREATE FUNCTION mark_reached_goals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE goals g SET announced_period = reached_period(g)
    WHERE g.user_id = NEW.user_id AND reached_period(g) <> coalesce(g.announced_period, '-infinity');
    RETURN NULL;
END $$;
CREATE TRIGGER goals_insert_1_mark_reached AFTER INSERT ON goals
    FOR EACH ROW EXECUTE FUNCTION mark_reached_goals();
CREATE TRIGGER goals_update_1_mark_reached AFTER UPDATE OF target ON goals
    FOR EACH ROW EXECUTE FUNCTION mark_reached_goals();
CREATE TRIGGER webhooks_insert_1_mark_goals AFTER INSERT ON webhooks
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL AND 'goal.reached' = ANY (NEW.events))
    EXECUTE FUNCTION mark_reached_goals();
CREATE TRIGGER webhooks_update_1_mark_goals AFTER UPDATE OF verified_at, disabled_at, events ON webhooks
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL AND NEW.disabled_at IS NULL AND 'goal.reached' = ANY (NEW.events))
    EXECUTE FUNCTION mark_reached_goals();

-- Deletes an event with its last delivery, however that was deleted. If two deliveries of an event
-- are deleted at the same time, neither is the last. Upkeep deletes the events that then remain.
CREATE FUNCTION forget_webhook_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM webhook_events e
    WHERE e.id IN (SELECT event_id FROM gone)
      AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = e.id);
    RETURN NULL;
END $$;
CREATE TRIGGER webhook_deliveries_delete_1_forget_events AFTER DELETE ON webhook_deliveries
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_webhook_events();
