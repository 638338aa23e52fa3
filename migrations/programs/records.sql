-- Announces records to webhooks. `GET /stats/records` (src/stats/records) defines what they are.

-- What activities of these sports, and the sets of all, have achieved in each kind of record. More is better
-- in `score`. `sport` is empty for exercises.
CREATE FUNCTION achievements(owner UUID, sports TEXT[])
RETURNS TABLE (id UUID, sport TEXT, exercise TEXT, kind TEXT, score DOUBLE PRECISION) LANGUAGE sql STABLE AS $$
    SELECT a.id, a.activity_type, '', total.kind, total.score
    FROM activities a CROSS JOIN LATERAL (VALUES
        ('longest', a.duration_secs::float8),
        ('farthest', (millimetres(a.distance_meters) / 1000.0)::float8),
        ('highest', (millimetres(a.elevation_gain_meters) / 1000.0)::float8)) total (kind, score)
    WHERE a.user_id = owner AND a.activity_type = ANY (sports) AND a.merged_into IS NULL AND total.score > 0
    UNION ALL
    SELECT shown.id, shown.activity_type, '', e.kind, CASE WHEN e.kind LIKE 'fastest%' THEN -e.value ELSE e.value END
    FROM activities a JOIN activity_efforts e ON e.activity_id = a.id
         JOIN activities shown ON shown.id = coalesce(a.merged_into, a.id)
    WHERE a.user_id = owner AND shown.activity_type = ANY (sports)
    UNION ALL
    SELECT a.id, '', best.exercise, strength.kind, strength.score
    FROM activities a
         CROSS JOIN LATERAL (
             SELECT normalize(fold_case(btrim(s.exercise)), NFC) AS exercise, sum(s.reps * s.weight_kg) AS volume,
                    max(s.weight_kg) FILTER (WHERE s.reps IS DISTINCT FROM 0) AS heaviest,
                    -- The estimate of Epley (1985).
                    max(CASE WHEN s.reps = 1 THEN s.weight_kg ELSE s.weight_kg * (1 + s.reps / 30::float8) END)
                        FILTER (WHERE s.reps BETWEEN 1 AND 12) AS one_rep_max
             FROM jsonb_to_recordset(a.sets) s (exercise TEXT, reps INT, weight_kg DOUBLE PRECISION)
             GROUP BY 1) best
         CROSS JOIN LATERAL (VALUES
             ('one_rep_max', best.one_rep_max), ('heaviest', best.heaviest), ('most_volume', nullif(best.volume, 0)))
             strength (kind, score)
    WHERE a.user_id = owner AND a.merged_into IS NULL AND a.sets IS NOT NULL AND strength.score IS NOT NULL
$$;

-- Only activities of the last days set records that are news. An imported archive costs nothing.
CREATE FUNCTION is_recent(started_at TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT started_at > now() - interval '7 days'
$$;

-- The records that recent activities hold and that were not announced yet. They count as announced from now on.
-- The first value of its kind breaks no record.
CREATE FUNCTION take_new_records(owner UUID) RETURNS TABLE (activity_id UUID, records JSONB) LANGUAGE sql AS $$
    WITH recent AS (
        SELECT id, activity_type FROM activities
        WHERE user_id = owner AND merged_into IS NULL AND is_recent(started_at)),
    achieved AS (
        SELECT achieved.*, recent.id IS NOT NULL AS is_recent
        FROM achievements(owner, ARRAY(SELECT DISTINCT activity_type FROM recent)) achieved
             LEFT JOIN recent USING (id)),
    older AS (
        SELECT sport, exercise, kind, max(score) AS score FROM achieved
        WHERE NOT is_recent GROUP BY sport, exercise, kind),
    newer AS (
        SELECT id, sport, exercise, kind, max(score) AS score FROM achieved
        WHERE is_recent GROUP BY id, sport, exercise, kind),
    ranked AS (
        SELECT id, exercise, kind, newer.score, row_number() OVER ranking AS place,
               greatest(older.score, lead(newer.score) OVER ranking) AS before
        FROM newer LEFT JOIN older USING (sport, exercise, kind)
        WINDOW ranking AS (PARTITION BY sport, exercise, kind ORDER BY newer.score DESC)),
    held AS (
        SELECT * FROM ranked WHERE place = 1 AND score > before),
    announced AS (
        INSERT INTO announced_records AS known (activity_id, exercise, kind, score)
        SELECT id, exercise, kind, score FROM held
        WHERE NOT EXISTS (
            SELECT FROM announced_records r JOIN activities a ON a.id = r.activity_id
            WHERE a.merged_into = held.id AND r.exercise = held.exercise AND r.kind = held.kind
              AND r.score >= held.score)
        ON CONFLICT ON CONSTRAINT announced_records_pkey DO UPDATE SET score = excluded.score
        WHERE excluded.score > known.score
        RETURNING known.activity_id AS id, known.exercise, known.kind)
    SELECT id, jsonb_agg(jsonb_build_object('exercise', nullif(exercise, ''), 'kind', kind, 'value', abs(score),
                                            'before', abs(before)) ORDER BY exercise, kind)
    FROM held JOIN announced USING (id, exercise, kind) GROUP BY id
$$;

-- Runs at the end of the transaction, when an import has stored everything and merged the activity. Once is
-- enough, however many activities it changes.
CREATE FUNCTION announce_records() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner UUID;
BEGIN
    IF TG_TABLE_NAME = 'activities' THEN
        owner := NEW.user_id;
    ELSE
        SELECT user_id INTO owner FROM activities WHERE id = NEW.activity_id AND is_recent(started_at);
    END IF;
    IF owner::text = current_setting('sports_log.records_of', true) OR NOT is_awaited(owner, 'record.set') THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('sports_log.records_of', owner::text, true);
    PERFORM announce(owner, 'record.set', jsonb_build_object(
                'activity_id', a.id, 'activity_type', a.activity_type, 'title', a.title, 'started_at', a.started_at,
                'records', taken.records))
    FROM take_new_records(owner) taken JOIN activities a ON a.id = taken.activity_id
    ORDER BY a.started_at, a.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER activities_insert_5_announce_records AFTER INSERT ON activities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (is_recent(NEW.started_at)) EXECUTE FUNCTION announce_records();
CREATE CONSTRAINT TRIGGER activities_update_9_announce_records AFTER UPDATE OF activity_type, started_at,
    duration_secs, distance_meters, elevation_gain_meters, sets, merged_into ON activities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (is_recent(NEW.started_at)) EXECUTE FUNCTION announce_records();
-- The best efforts are stored with the streams.
CREATE CONSTRAINT TRIGGER activity_streams_insert_2_announce_records AFTER INSERT ON activity_streams
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION announce_records();
CREATE CONSTRAINT TRIGGER activity_streams_update_2_announce_records AFTER UPDATE OF data ON activity_streams
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION announce_records();

-- Records that were set before a webhook gets such events are no news.
CREATE FUNCTION mark_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_new_records(NEW.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_insert_2_mark_records AFTER INSERT ON webhooks
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL AND 'record.set' = ANY (NEW.events))
    EXECUTE FUNCTION mark_records();
CREATE TRIGGER webhooks_update_2_mark_records AFTER UPDATE OF verified_at, disabled_at, events ON webhooks
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL AND NEW.disabled_at IS NULL AND 'record.set' = ANY (NEW.events))
    EXECUTE FUNCTION mark_records();
