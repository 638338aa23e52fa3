//! The schema: migrations up and down, and whether the code's view of the schema matches.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use diesel_async::SimpleAsyncConnection;
use sports_log::{
    activities::efforts::EffortKind,
    credentials::LoginMethod,
    db::migrations::{self, PROGRAMS},
    outbox::MessageKind,
};

use crate::support::{
    Database, TestApp, connector, contract::DOCUMENT, postgres_path, process::said, until_selects,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");

/// The folders of the steps, in order.
fn steps() -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("{FOLDER}/steps")).unwrap();
    let mut steps: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    steps.sort();
    steps
}

/// The schema as `pg_dump` prints it, without the lines that differ between its versions. `None` if
/// the server is newer than `pg_dump`, which then refuses: some packages are of a server alone.
async fn dump(database: &Database) -> Option<String> {
    let mut command = Command::new("pg_dump");
    command.env("PATH", postgres_path()).args(["--schema-only", "--no-owner", "--no-privileges"]);
    command.args(["--exclude-table=__diesel_schema_migrations", &database.url]);
    let output = actix_rt::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = said(&output);
    if said.contains("server version mismatch") {
        println!("skipped: {said}");
        return None;
    }
    assert!(output.status.success(), "{said}");
    let noise = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"];
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty());
    let lines = lines.filter(|line| !noise.iter().any(|noise| line.starts_with(noise)));
    Some(lines.map(|line| format!("{line}\n")).collect())
}

/// Lines of `table.column type` of the migrated database, with diesel's names of types.
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
    assert_eq!(applied.len(), steps().len() + 1);
    assert_ne!(database.text(things).await, "0");
    assert_eq!(migrations::revert_all(&connector).await.unwrap().len(), steps().len());
    assert_eq!(database.text(things).await, "0");
    assert_eq!(migrations::run(&connector, Duration::ZERO).await.unwrap(), applied);
}

#[actix_rt::test]
async fn every_step_back_leaves_what_was_before() {
    let database = Database::empty().await;
    let mut conn = database.connect().await;
    for step in steps() {
        let [up, down] =
            ["up.sql", "down.sql"].map(|name| fs::read_to_string(step.join(name)).unwrap());
        let Some(before) = dump(&database).await else { return };
        conn.batch_execute(&up).await.unwrap();
        assert_ne!(dump(&database).await.unwrap(), before, "{}", step.display());
        conn.batch_execute(&down).await.unwrap();
        assert_eq!(dump(&database).await.unwrap(), before, "{}", step.display());
        conn.batch_execute(&up).await.unwrap();
    }
}

/// `SPORTS_LOG_WRITE_SCHEMA=1 bin/test schema_sql` writes it.
#[actix_rt::test]
async fn schema_sql_is_what_the_migrations_make() {
    let file = format!("{FOLDER}/schema.sql");
    let Some(made) = dump(&Database::new().await).await else { return };
    if std::env::var_os("SPORTS_LOG_WRITE_SCHEMA").is_some() {
        fs::write(&file, &made).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap();
    let differs = kept.lines().zip(made.lines()).find(|(kept, made)| kept != made);
    assert_eq!(differs, None, "migrations/schema.sql is not what the migrations make");
    assert_eq!(kept.len(), made.len());
}

#[actix_rt::test]
async fn programs_are_replaced_and_those_that_went_are_dropped() {
    let database = Database::new().await;
    let before = dump(&database).await;
    let mut conn = database.connect().await;
    // As an older version left them: a program that no longer exists, and an old text of one that
    // does.
    conn.batch_execute(
        "CREATE FUNCTION bygone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         COMMENT ON FUNCTION bygone IS 'migrations/programs/bygone.sql';
         CREATE TRIGGER bygone AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION bygone();
         CREATE OR REPLACE FUNCTION millimetres(metres FLOAT8) RETURNS BIGINT LANGUAGE sql IMMUTABLE
         AS 'SELECT 1::bigint';
         CREATE FUNCTION of_the_operator() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';
         UPDATE programs SET digest = ''",
    )
    .await
    .unwrap();
    let connector = connector(&database.url);
    assert_eq!(migrations::run(&connector, Duration::ZERO).await.unwrap(), [PROGRAMS]);
    conn.batch_execute("DROP FUNCTION of_the_operator").await.unwrap();
    assert_eq!(dump(&database).await, before);
    assert!(migrations::run(&connector, Duration::ZERO).await.unwrap().is_empty());
    // A server that is older than the database leaves its programs unchanged.
    conn.batch_execute(
        "UPDATE programs SET digest = '';
         INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')",
    )
    .await
    .unwrap();
    assert!(migrations::run(&connector, Duration::ZERO).await.unwrap().is_empty());
    // So does one with the same steps.
    conn.batch_execute(
        "DELETE FROM __diesel_schema_migrations WHERE version = '99990101000000';
         UPDATE programs SET server = '99.0.0'",
    )
    .await
    .unwrap();
    assert!(migrations::run(&connector, Duration::ZERO).await.unwrap().is_empty());
}

#[test]
fn every_program_is_made() {
    let entries = fs::read_dir(format!("{FOLDER}/programs")).unwrap();
    let mut files: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut made = migrations::PROGRAM_FILES.map(|(name, _)| name.to_owned());
    files.sort();
    made.sort();
    assert_eq!(files, made);
}

#[actix_rt::test]
async fn a_database_from_before_the_baseline_is_refused() {
    let database = Database::new().await;
    let before = "UPDATE __diesel_schema_migrations SET version = '20261123000001'
                  WHERE version = '20261130000001'";
    database.execute(before).await;
    let refused = migrations::run(&connector(&database.url), Duration::ZERO).await.unwrap_err();
    assert!(refused.to_string().contains("The baseline"), "{refused}");
}

/// The values that a CHECK lists.
async fn listed(database: &Database, constraint: &str) -> Vec<String> {
    let query = format!(
        "SELECT string_agg(found[1], ' ' ORDER BY found[1] COLLATE \"C\") FROM pg_constraint,
             regexp_matches(pg_get_constraintdef(oid), '''([^'']*)''::text', 'g') found
         WHERE conname = '{constraint}'"
    );
    database.text(&query).await.split(' ').map(str::to_owned).collect()
}

#[actix_rt::test]
async fn kinds_are_those_of_the_code() {
    let database = Database::new().await;
    let events = DOCUMENT["components"]["schemas"]["EventKind"]["enum"].as_array().unwrap();
    let events = events.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect();
    let methods = LoginMethod::ALL.iter().map(ToString::to_string).chain(["token".to_owned()]);
    let efforts = EffortKind::ALL.iter().map(|kind| kind.name.to_owned());
    for (constraint, mut of_the_code) in [
        ("outbox_kind_check", MessageKind::ALL.iter().map(ToString::to_string).collect()),
        ("sessions_method_check", methods.collect()),
        ("auth_events_kind_check", events),
        ("activity_efforts_kind_check", efforts.collect::<Vec<_>>()),
    ] {
        of_the_code.sort();
        assert_eq!(listed(&database, constraint).await, of_the_code, "{constraint}");
    }
}

#[actix_rt::test]
async fn replicas_may_migrate_at_the_same_time() {
    let database = Database::empty().await;
    let connector = connector(&database.url);
    let runs = (0..4).map(|_| migrations::run(&connector, Duration::ZERO));
    let applied = futures_util::future::join_all(runs).await;
    let count: usize = applied.into_iter().map(|applied| applied.unwrap().len()).sum();
    assert_eq!(count, steps().len() + 1);
}

#[actix_rt::test]
async fn a_migration_that_waits_for_a_backup_lets_requests_pass() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.database.execute("UPDATE programs SET digest = ''").await;
    // The lock that pg_dump holds until it ends.
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
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261130000007'";
    database.execute(forget).await;
    let applied = migrations::run(&connector(&database.url), Duration::ZERO).await.unwrap();
    assert_eq!(applied, ["20261130000007", PROGRAMS]);
    let valid =
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'activities_terms_idx'::regclass";
    assert_eq!(database.text(valid).await, "true");
}
