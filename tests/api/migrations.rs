//! The schema: as the code believes it to be, and back again.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use sports_log::db::migrations;

use crate::support::{Database, TestApp, connector, until_selects};

/// How many there are.
fn migrations_made() -> usize {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count()
}

/// `table.column type` of the migrated database, in diesel's words.
const COLUMNS: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
        SELECT table_name || '.' || column_name || ' ' ||
               CASE WHEN is_nullable = 'YES' THEN 'Nullable<' ELSE '' END ||
               CASE udt_name WHEN 'uuid' THEN 'Uuid' WHEN 'text' THEN 'Text' WHEN 'timestamptz' THEN 'Timestamptz'
                    WHEN 'bool' THEN 'Bool' WHEN 'int2' THEN 'Int2' WHEN 'int4' THEN 'Int4' WHEN 'int8' THEN 'Int8'
                    WHEN 'float4' THEN 'Float4' WHEN 'float8' THEN 'Float8' WHEN 'date' THEN 'Date' WHEN 'jsonb' THEN 'Jsonb' WHEN 'bytea' THEN 'Bytea'
                    WHEN '_timestamptz' THEN 'Array<Timestamptz>' WHEN '_text' THEN 'Array<Text>' WHEN '_uuid' THEN 'Array<Uuid>' ELSE udt_name END ||
               CASE WHEN is_nullable = 'YES' THEN '>' ELSE '' END AS line
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations') c";

#[actix_rt::test]
async fn schema_rs_is_what_the_migrations_make() {
    let database = Database::new().await;
    let mut table = "";
    let mut declared = Vec::new();
    let schema = [
        include_str!("../../src/db/schema/accounts.rs"),
        include_str!("../../src/db/schema/garmin.rs"),
        include_str!("../../src/db/schema/log.rs"),
        include_str!("../../src/db/schema/statistics.rs"),
        include_str!("../../src/db/schema/uploads.rs"),
        include_str!("../../src/db/schema/outgoing.rs"),
    ];
    for line in schema.iter().flat_map(|file| file.lines()).map(str::trim) {
        if let Some((name, _)) = line.strip_suffix('{').and_then(|line| line.split_once(" (")) {
            table = name;
        } else if let Some((column, kind)) = line.split_once(" -> ")
            && let Some(kind) = kind.strip_suffix(',')
        {
            declared.push(format!("{table}.{column} {kind}"));
        }
    }
    declared.sort();
    assert!(declared.len() > 50);
    let actual = database.text(COLUMNS).await;
    let mut actual: Vec<&str> = actual.lines().collect();
    actual.sort_unstable();
    assert_eq!(declared, actual);
}

#[actix_rt::test]
async fn every_migration_can_be_taken_back_and_made_again() {
    let database = Database::empty().await;
    let connector = connector(&database.url);
    let things = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace
                  AND relname NOT LIKE '\\_\\_diesel%'";
    let applied = migrations::run(&connector, Duration::ZERO).await.unwrap();
    assert_eq!(applied.len(), migrations_made());
    assert_ne!(database.text(things).await, "0");
    assert_eq!(migrations::revert_all(&connector).await.unwrap().len(), migrations_made());
    assert_eq!(database.text(things).await, "0");
    assert_eq!(migrations::run(&connector, Duration::ZERO).await.unwrap(), applied);
}

#[actix_rt::test]
async fn replicas_may_migrate_at_the_same_time() {
    let database = Database::empty().await;
    let connector = connector(&database.url);
    let runs = (0..4).map(|_| migrations::run(&connector, Duration::ZERO));
    let applied = futures_util::future::join_all(runs).await;
    let count: usize = applied.into_iter().map(|applied| applied.unwrap().len()).sum();
    assert_eq!(count, migrations_made());
}

/// As if the last of our migrations had not been made.
async fn without_the_last(database: &Database) {
    let down = include_str!("../../migrations/2026-11-29-000044_measured_and_edited/down.sql");
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version >= '20261129000044'";
    let mut conn = database.connect().await;
    conn.batch_execute(&format!("{down}; {forget}")).await.unwrap();
}

#[actix_rt::test]
async fn a_migration_that_waits_for_a_backup_lets_requests_pass() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    without_the_last(&app.database).await;
    // What pg_dump holds as long as it runs.
    let mut backup = app.database.connect().await;
    backup.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS SHARE MODE").await.unwrap();
    let connector = connector(&app.database.url);
    let migrating = migrations::run(&connector, Duration::ZERO);
    let requests = async {
        let is_waiting = "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'activities'::regclass AND NOT granted";
        until_selects(&app.database, is_waiting, "true").await;
        let asked = Instant::now();
        app.get_as(&ann, "/activities").await.expect(200);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        backup.batch_execute("ROLLBACK").await.unwrap();
    };
    let (applied, ()) = futures_util::future::join(migrating, requests).await;
    assert!(!applied.unwrap().is_empty());
    app.get("/readyz").await.expect(200);
}

#[actix_rt::test]
async fn an_index_that_was_interrupted_is_built_anew() {
    let database = Database::new().await;
    let interrupted = "UPDATE pg_index SET indisvalid = false
                       WHERE indexrelid = 'activities_terms_idx'::regclass";
    database.execute(interrupted).await;
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261129000041'";
    database.execute(forget).await;
    let applied = migrations::run(&connector(&database.url), Duration::ZERO).await.unwrap();
    assert_eq!(applied, ["20261129000041"]);
    let valid =
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'activities_terms_idx'::regclass";
    assert_eq!(database.text(valid).await, "true");
}
