-- 1 000 users; user 1 has 100 000 activities, the others share the rest. Ids are computable from a
-- number, so that wrk and pgbench can both choose rows at random without reading any first.
BEGIN;
INSERT INTO users (id, email)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n || '@example.com'
FROM generate_series(1, 1000) n;
INSERT INTO profiles (user_id, display_name) SELECT id, 'User' FROM users;
-- One session each, with the user's id for its own.
INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
SELECT id, id, 0, 'local', 'benchmark', now() + interval '30 days' FROM users;
INSERT INTO local_credentials (user_id, email_verified) SELECT id, true FROM users;
INSERT INTO activities (revision, id, user_id, activity_type, started_at, duration_secs, distance_meters, calories, notes)
SELECT n, ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-4000-8000-' || lpad(to_hex(CASE WHEN n <= 100000 THEN 1 ELSE 2 + n % 999 END), 12, '0'))::uuid,
       (ARRAY['run', 'cycle', 'swim', 'lift'])[1 + n % 4],
       timestamptz '2016-01-01' + n * interval '5 minutes',
       600 + n % 7200, (n % 40000) + 0.5, n % 1500,
       CASE WHEN n % 5 = 0 THEN 'along the river, easy, with a short sprint at the end' END
FROM generate_series(1, :activities) n;
-- Each activity has its number for a revision, which is a user's own as any number is.
INSERT INTO activity_feeds (user_id, last_revision) SELECT id, :activities FROM users;
COMMIT;
VACUUM ANALYZE;
CHECKPOINT;
