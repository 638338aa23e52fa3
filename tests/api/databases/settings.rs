//! A cluster and a role with every setting changed that could alter the meaning of a query.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Database, OwnPostgres, SmtpServer, TestApp, connector, until_selects};

const STRANGE: &str = "
    default_transaction_isolation = 'serializable'
    default_transaction_deferrable = on
    standard_conforming_strings = off
    transform_null_equals = on
    DateStyle = 'German'
    IntervalStyle = 'iso_8601'
    TimeZone = 'Asia/Kolkata'
    search_path = 'nowhere'
    extra_float_digits = -15
    bytea_output = 'escape'
    gin_fuzzy_search_limit = 1
    plan_cache_mode = 'force_custom_plan'
    statement_timeout = '1ms'
    lock_timeout = '1ms'
    idle_in_transaction_session_timeout = '50ms'
    idle_session_timeout = '50ms'
";

/// The settings that the server's sessions must have.
const OURS: [(&str, &str); 12] = [
    ("default_transaction_isolation", "read committed"),
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("DateStyle", "ISO, YMD"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("search_path", "\"$user\",public"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("gin_fuzzy_search_limit", "0"),
    ("lock_timeout", "0"),
    ("idle_session_timeout", "0"),
];

#[actix_rt::test]
async fn what_a_cluster_and_a_role_are_set_to_changes_nothing() {
    let mut postgres = OwnPostgres::start();
    postgres.configure(STRANGE);
    let database = Database::at(postgres.url());
    let role = "ALTER ROLE sports_log SET default_transaction_isolation = 'repeatable read'";
    database.execute(role).await;
    for (name, value) in OURS {
        assert_eq!(
            database.text(&format!("SELECT current_setting('{name}')")).await,
            value,
            "{name}"
        );
    }

    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[]).await;
    let check = "SELECT pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conname = 'profiles_phone_number_check'";
    let check = app.database.text(check).await;
    assert!(check.contains(r"'^\+[1-9][0-9]{6,14}$'"), "{check}");

    // All of them update the row of one feed.
    let ann = app.user("ann@example.com").await;
    let late = |number| {
        json!({"activity_type": "run", "started_at": format!("2026-01-05T23:{number:02}:00Z"),
               "duration_secs": 600, "distance_meters": 1234.5, "title": format!("number {number}")})
    };
    let bodies: Vec<_> = (0..20).map(late).collect();
    let posts = bodies.iter().map(|body| app.post_as(&ann, "/activities", body));
    for answer in join_all(posts).await {
        answer.expect(201);
    }
    let path = "/stats/summary?from=2026-01-01&to=2026-01-31&group_by=day";
    for (zone, day) in [("UTC", "2026-01-05"), ("Asia/Tokyo", "2026-01-06")] {
        let found = app.get_as(&ann, &format!("{path}&tz={zone}")).await.expect(200).json();
        assert_eq!(found["buckets"][0]["from"], day, "{found}");
        assert_eq!(found["totals"]["activities"], 20, "{found}");
        assert_eq!(found["totals"]["distance_meters"], 24690.0, "{found}");
    }
    let found = app.get_as(&ann, "/activities?q=number&limit=100").await.expect(200).json();
    assert_eq!(found["activities"].as_array().unwrap().len(), 20);
}

#[actix_rt::test]
async fn connections_that_wait_for_work_are_not_cut() {
    let mut postgres = OwnPostgres::start();
    postgres.configure("idle_session_timeout = '200ms'");
    let database = Database::at(postgres.url());
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[]).await;
    let ann = app.user("ann@example.com").await;
    let ours = "SELECT min(backend_start) FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let oldest = app.database.text(ours).await;
    // The timeout ends a session without the server's settings.
    let url = format!("{}&application_name=bare", app.database.url);
    let _bare = connector(&url).connect_bare().await.unwrap();
    let is_there = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bare'";
    until_selects(&app.database, is_there, "0").await;
    assert_eq!(app.database.text(ours).await, oldest);
    app.get_as(&ann, "/me").await.expect(200);
}
