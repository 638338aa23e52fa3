//! Rules for migrations, which run while servers use the database.

use std::{fs, path::Path};

/// Tables that grow without limit. A statement that locks one for long blocks all requests.
const LARGE: [&str; 14] = [
    "activities",
    "activity_streams",
    "activity_efforts",
    "activity_days",
    "activity_tombstones",
    "originals",
    "outbox",
    "sessions",
    "auth_events",
    "users",
    "import_files",
    "idempotent_answers",
    "webhook_deliveries",
    "garmin_activities",
];

/// The statements of a migration that would block requests while a large table is read or
/// rewritten, or that remove something that older servers still need. Applies to steps after the
/// baseline, which empty databases start with.
fn dangers(sql: &str, is_in_transaction: bool) -> Vec<String> {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ").to_lowercase();
    let raises = text.contains("update oldest_server");
    let mut dangers = Vec::new();
    for statement in text.split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let after = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            let rest =
                words[at + 1..].iter().filter(|word| !["if", "exists", "only"].contains(word));
            rest.map(|word| word.trim_matches(['(', ')', ',', '"'])).next()
        };
        let has = |phrase: &str| words.join(" ").contains(phrase);
        let is_large = |table: Option<&str>| table.is_some_and(|table| LARGE.contains(&table));
        let mut danger = |what: &str| dangers.push(format!("{what}: {}", words.join(" ")));
        if has("create index") || has("create unique index") {
            let is_concurrent = has("index concurrently");
            if is_large(after("on")) && !is_concurrent {
                danger("an index of a large table is built CONCURRENTLY");
            }
            if is_concurrent && is_in_transaction {
                danger("CONCURRENTLY wants a metadata.toml with run_in_transaction = false");
            }
        }
        if has("alter table") && is_large(after("table")) {
            if ["alter column", "set not null", "add constraint", "add check"]
                .iter()
                .any(|p| has(p))
                && (has(" type ") || !has("not valid"))
                && !has("set default")
                && !has("drop default")
                && !has("drop not null")
            {
                danger("a large table is not read or written anew: NOT VALID, or a new column");
            }
            if has("add column") && (has(" references ") || has(" stored") || has(" identity")) {
                danger("a new column of a large table has no value to compute");
            }
        }
        if ["drop column", "drop table", "rename"].iter().any(|phrase| has(phrase)) && !raises {
            danger("what older servers need goes only when oldest_server is raised");
        }
        if (words.first() == Some(&"update") && is_large(words.get(1).copied()))
            || ["vacuum full", "cluster ", "truncate "].iter().any(|phrase| has(phrase))
        {
            danger("rows of a large table are changed in steps, by the server");
        }
    }
    if !is_in_transaction && text.trim().trim_end_matches(';').contains(';') {
        dangers.push("a migration without a transaction is one statement".to_owned());
    }
    dangers
}

#[test]
fn migrations_lock_no_large_table_for_long() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/steps");
    let mut baseline = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if name[..17] <= *"2026-11-30-000013" {
            baseline += 1;
            continue;
        }
        let sql = fs::read_to_string(entry.path().join("up.sql")).unwrap();
        let is_in_transaction = !entry.path().join("metadata.toml").exists();
        assert_eq!(dangers(&sql, is_in_transaction), Vec::<String>::new(), "{name}");
    }
    assert_eq!(baseline, 13);
}

#[test]
fn dangerous_migrations_are_noticed() {
    for (sql, count) in [
        ("CREATE INDEX a ON activities (title);", 1),
        ("CREATE UNIQUE INDEX a ON public_things (id);", 0),
        ("CREATE INDEX CONCURRENTLY a ON activities (title);", 1),
        ("ALTER TABLE activities ALTER COLUMN title TYPE VARCHAR(10);", 1),
        ("ALTER TABLE activities ADD CONSTRAINT c CHECK (duration_secs > 0);", 1),
        ("ALTER TABLE activities ADD CONSTRAINT c CHECK (duration_secs > 0) NOT VALID;", 0),
        ("ALTER TABLE users ADD COLUMN nickname TEXT;", 0),
        ("ALTER TABLE users ADD COLUMN nickname TEXT REFERENCES names;", 1),
        ("ALTER TABLE users DROP COLUMN email;", 1),
        ("ALTER TABLE users DROP COLUMN email; UPDATE oldest_server SET version = '0.3.0';", 0),
        ("UPDATE activities SET title = lower(title);", 1),
        ("-- DROP TABLE users;\nSELECT 1;", 0),
    ] {
        assert_eq!(dangers(sql, true).len(), count, "{sql}: {:?}", dangers(sql, true));
    }
    assert_eq!(dangers("CREATE INDEX CONCURRENTLY a ON activities (title);", false).len(), 0);
    assert_eq!(dangers("SELECT 1; SELECT 2;", false).len(), 1);
}
