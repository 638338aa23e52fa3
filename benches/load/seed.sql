-- There is one user for every thousand activities. User 1 has a tenth of the activities, at most 100 000; the others
-- share the rest. Ids are computed from a number, so that the load generators can choose rows at random without
-- reading any first.
--
-- Triggers and foreign keys are off, and all indexes except the primary key's are created afterwards. With ten million
-- rows this saves minutes. The rows that triggers would maintain are written here.
SET session_replication_role = replica;
SET maintenance_work_mem = '1GB';
SET synchronous_commit = off;

INSERT INTO users (id, email)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n || '@example.com'
FROM generate_series(1, :users) n;
INSERT INTO profiles (user_id, display_name) SELECT id, 'User' FROM users;
-- One session for each user. Its id is that of the user.
INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
SELECT id, id, 0, 'local', 'benchmark', now() + interval '30 days' FROM users;
INSERT INTO local_credentials (user_id, email_verified) SELECT id, true FROM users;

CREATE TEMP TABLE made_later AS
SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index WHERE indrelid = 'activities'::regclass AND NOT indisprimary;
SELECT format('DROP INDEX %s', name) FROM made_later \gexec

INSERT INTO activities (revision, id, user_id, activity_type, started_at, duration_secs, distance_meters, calories, notes)
SELECT n, ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-4000-8000-' || lpad(to_hex(CASE WHEN n <= :large THEN 1 ELSE 2 + n % (:users - 1) END), 12, '0'))::uuid,
       (ARRAY['run', 'cycle', 'swim', 'lift'])[1 + n % 4],
       -- Ten years for every user, including the large log.
       timestamptz '2016-01-01' + interval '10 years' * CASE WHEN n <= :large THEN n::float / :large ELSE n::float / :activities END,
       600 + n % 7200, (n % 40000) + 0.5, n % 1500,
       CASE WHEN n % 5 = 0 THEN 'along the river, easy, with a short sprint at the end' END
FROM generate_series(1, :activities) n;
-- The revision of an activity is its number, which is unique for each user like any other.
INSERT INTO activity_feeds (user_id, last_revision) SELECT id, :activities FROM users;

SELECT definition FROM made_later \gexec
ANALYZE;
DO $$ BEGIN PERFORM recount_activity_days(id) FROM users; END $$;
VACUUM ANALYZE;
CHECKPOINT;
