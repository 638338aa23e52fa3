//! Databases that the server refuses to run on, and the messages.

use tempfile::TempDir;

use super::{made, maintenance, run};
use crate::support::{Database, process::said};

/// Asserts that each way to start prints all of `parts`, and that none migrates the database.
async fn is_refused_everywhere(url: &str, parts: &[&str]) {
    let home = TempDir::new().unwrap();
    let dev = ["dev", "--dir", home.path().to_str().unwrap()];
    let starts: [&[&str]; 5] = [&["serve"], &["migrate"], &["check-config"], &["status"], &dev];
    for arguments in starts {
        let output = run(arguments, url).await;
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{arguments:?} does not say {part:?}: {said}");
        }
    }
    let tables = "SELECT count(*) FROM pg_class WHERE relname = 'users'";
    let database = Database::at(url.split("&options=").next().unwrap().to_owned());
    assert_eq!(database.text(tables).await, "0");
}

#[actix_rt::test]
async fn an_encoding_that_has_not_every_letter() {
    for encoding in ["SQL_ASCII", "LATIN1"] {
        let options = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        let database = made(&format!("in_{encoding}").to_lowercase(), &options).await;
        let parts = [encoding, "needs UTF8", "CREATE DATABASE", "TEMPLATE template0", "restore"];
        is_refused_everywhere(&database.url, &parts).await;
    }
}

#[actix_rt::test]
async fn settings_that_are_not_ours_to_change() {
    for (name, value) in
        [("default_transaction_read_only", "on"), ("session_replication_role", "replica")]
    {
        let database = made(&format!("with_{name}"), "").await;
        let set = format!("ALTER DATABASE with_{name} SET {name} = '{value}'");
        maintenance().execute(&set).await;
        let wrong = format!("{name} is {value}");
        let remedy = format!("IN DATABASE \"with_{name}\" SET {name} = ");
        let unset = format!("ALTER DATABASE with_{name} RESET {name}");
        let output = run(&["migrate"], &database.url).await;
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&wrong) && said.contains(&remedy), "{said}");
        maintenance().execute(&unset).await;
        let output = run(&["migrate"], &database.url).await;
        assert!(output.status.success(), "{output:?}");
    }
}

#[actix_rt::test]
async fn settings_that_the_url_insists_on() {
    let database = made("with_options", "").await;
    let options = "-c%20default_transaction_isolation%3Dserializable";
    let url = format!("{}&options={options}", database.url);
    let parts = ["default_transaction_isolation is serializable", "needs read committed"];
    is_refused_everywhere(&url, &parts).await;
}

#[actix_rt::test]
async fn a_schema_that_is_closed_to_us() {
    let database = made("of_others", "").await;
    // The default since PostgreSQL 15.
    database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    database.execute("CREATE ROLE guest LOGIN").await;
    let url = database.url.replace("sports_log@", "guest@");
    let parts =
        ["permission denied for schema public", "ALTER DATABASE \"of_others\" OWNER TO \"guest\""];
    is_refused_everywhere(&url, &parts).await;
    maintenance().execute("ALTER DATABASE of_others OWNER TO guest").await;
    database.execute("ALTER SCHEMA public OWNER TO guest").await;
    let output = run(&["migrate"], &url).await;
    assert!(output.status.success(), "{}", said(&output));

    let missing = format!("{url}&options=-c%20search_path%3Dnowhere");
    let output = run(&["check-config"], &missing).await;
    assert!(said(&output).contains("no schema of the search_path (nowhere)"), "{}", said(&output));
}
