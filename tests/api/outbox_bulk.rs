//! `sports-log outbox` with filters: which messages match, and what the commands do to them.

use serde_json::{Value, json};

use crate::support::{
    Database, PASSWORD, TestApp,
    process::{run, said},
    settings, until_selects,
};

/// Messages of two accounts, each of a different kind. They differ in status, time of the end, and
/// error.
async fn messages() -> (Database, Vec<(&'static str, String)>) {
    let database = Database::new().await;
    database
        .execute("INSERT INTO users (email) VALUES ('ann@example.com'), ('bob@example.com')")
        .await;
    database
        .execute(
            "INSERT INTO outbox (kind, channel, status, last_error_class, last_error_code, user_id, subject_id,
                                 created_at, finished_at, expires_at, lease_until, not_before)
             SELECT kind, channel, status, class, code, u.id, gen_random_uuid(), now() - interval '3 days',
                    now() - ended, now() + life, CASE status WHEN 'sending' THEN now() + interval '1 hour' END,
                    now() + interval '1 minute'
             FROM (VALUES
                ('account_exists', 'email', 'dead', 'permanent', '550 5.1.1 at RCPT', 'ann', interval '1 hour', interval '1 hour'),
                ('reset_password', 'email', 'dead', 'permanent', '554 5.7.1 at the dot', 'bob', '1 hour', '1 hour'),
                ('verify_email', 'email', 'dead', 'permanent', '550 5.7.26', 'bob', '2 days', '1 hour'),
                ('security_notice', 'email', 'dead', 'permanent', '554', 'bob', '1 hour', '-1 second'),
                ('login_code', 'sms', 'dead', 'permanent', '21614', 'ann', '1 hour', '1 hour'),
                ('change_code', 'sms', 'expired', 'transport', '20429', 'ann', '1 hour', '-1 hour'),
                ('garmin_reauth', 'email', 'queued', 'transport', '421', 'ann', NULL, '1 hour'),
                ('email_code', 'email', 'sending', NULL, NULL, 'ann', NULL, '1 hour'),
                ('phone_code', 'sms', 'sent', 'transient', '30022', 'ann', '1 hour', '1 hour')
             ) m (kind, channel, status, class, code, who, ended, life)
             JOIN users u ON u.email = m.who || '@example.com'",
        )
        .await;
    let variables = settings(&database.url, 25);
    (database, variables)
}

/// The kinds of the messages that `list` shows, sorted.
fn listed(filters: &[&str], variables: &[(&str, String)]) -> Vec<String> {
    let arguments = [&["outbox", "list", "--json"], filters].concat();
    let output = run(&arguments, variables);
    let messages: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let messages = messages.as_array().unwrap();
    let mut kinds: Vec<_> =
        messages.iter().map(|message| message["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort_unstable();
    kinds
}

#[actix_rt::test]
async fn filters_narrow_each_other() {
    let (database, variables) = messages().await;
    assert_eq!(listed(&[], &variables).len(), 9);
    let bob = database.text("SELECT id FROM users WHERE email = 'bob@example.com'").await;
    let dead =
        ["account_exists", "login_code", "reset_password", "security_notice", "verify_email"];
    for (filters, kinds) in [
        (vec!["--status", "dead"], dead.to_vec()),
        (vec!["--code", "550"], vec!["account_exists", "verify_email"]),
        (vec!["--code", "554"], vec!["reset_password", "security_notice"]),
        (vec!["--code", "5.7"], vec!["reset_password", "verify_email"]),
        (vec!["--code", "5.7.1"], vec!["reset_password"]),
        (vec!["--code", "5.7.2"], vec![]),
        (vec!["--code", "5.7."], vec!["reset_password", "verify_email"]),
        (vec!["--code", "5"], vec!["account_exists", "reset_password", "verify_email"]),
        (vec!["--code", "55"], vec![]),
        (vec!["--code", "1.1"], vec![]),
        (vec!["--code", "%"], vec![]),
        (vec!["--code", "rcpt"], vec!["account_exists"]),
        (vec!["--code", "550 5.1.1"], vec!["account_exists"]),
        (vec!["--code", "21614"], vec!["login_code"]),
        (vec!["--class", "transport"], vec!["change_code", "garmin_reauth"]),
        (vec!["--class", "transport", "--channel", "sms"], vec!["change_code"]),
        (vec!["--kind", "verify_email"], vec!["verify_email"]),
        (
            vec!["--user", "Bob@Example.com", "--since", "1d"],
            vec!["reset_password", "security_notice"],
        ),
        (vec!["--user", &bob, "--code", "5.7"], vec!["reset_password", "verify_email"]),
        (vec!["--status", "dead", "--since", "3d"], dead.to_vec()),
        // It was created three days ago, and has not ended.
        (vec!["--status", "queued", "--since", "2d"], vec![]),
        (vec!["--status", "queued", "--since", "4d"], vec!["garmin_reauth"]),
        (vec!["--since", "30m"], vec![]),
    ] {
        assert_eq!(listed(&filters, &variables), kinds, "{filters:?}");
    }
    let nobody = run(&["outbox", "list", "--user", "eve@example.com"], &variables);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(
        said(&nobody).contains("there is no account with the address or id eve@example.com"),
        "{}",
        said(&nobody)
    );
}

#[actix_rt::test]
async fn what_fits_is_tried_again_and_what_expired_is_left() {
    let (database, variables) = messages().await;
    let retry = |more: &[&str]| {
        let arguments = [&["outbox", "retry", "--since", "4d"], more].concat();
        let output = run(&arguments, &variables);
        (output.status.code(), said(&output))
    };
    let states = "SELECT string_agg(kind || ' ' || status, ', ' ORDER BY kind) FROM outbox";
    let before = database.text(states).await;
    let (code, told) = retry(&["--status", "dead", "--dry-run"]);
    assert!(code == Some(0) && told.contains("4 would be retried"), "{told}");
    assert!(told.contains("1 unchanged: their content has expired"), "{told}");
    assert_eq!(database.text(states).await, before);

    let (code, told) = retry(&["--code", "5.7", "--json"]);
    let outcome: Value = serde_json::from_str(&told).expect(&told);
    let left = json!({"no_longer_of_use": 0, "being_sent": 0, "changed_meanwhile": 0});
    let expected = json!({"dry_run": false, "matched": 2, "done": 2, "left": left});
    assert_eq!((code, outcome), (Some(0), expected));
    let (_, told) = retry(&["--channel", "sms"]);
    assert!(told.contains("1 retried") && told.contains("1 unchanged"), "{told}");
    let due = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM outbox
               WHERE status = 'queued' AND not_before <= now() AND finished_at IS NULL";
    assert_eq!(database.text(due).await, "login_code reset_password verify_email");

    let (code, told) = retry(&["--code", "554", "--status", "dead"]);
    assert!(code == Some(1) && told.contains("none of the 1 messages could be retried"), "{told}");
    let (code, told) = retry(&["--code", "999"]);
    assert!(code == Some(0) && told.contains("No messages match"), "{told}");
    for status in ["sent", "sending", "expired", "cancelled"] {
        let (code, told) = retry(&["--status", status]);
        assert!(code == Some(2) && told.contains("its status must be queued or dead"), "{told}");
    }
    let all = run(&["outbox", "retry", "--all"], &variables);
    assert!(said(&all).contains("5 retried"), "{}", said(&all));
    assert!(said(&all).contains("1 unchanged: they are being sent"), "{}", said(&all));
}

#[actix_rt::test]
async fn what_waits_is_taken_back_by_the_same_filters() {
    let (database, variables) = messages().await;
    let none = run(&["outbox", "cancel", "--class", "transport", "--channel", "sms"], &variables);
    assert!(said(&none).contains("No messages match"), "{}", said(&none));
    let dead = run(&["outbox", "cancel", "--status", "dead"], &variables);
    assert_eq!(dead.status.code(), Some(2), "{}", said(&dead));
    let done = run(&["outbox", "cancel", "--user", "ann@example.com"], &variables);
    assert!(said(&done).contains("1 cancelled"), "{}", said(&done));
    assert!(said(&done).contains("1 unchanged: they are being sent"), "{}", said(&done));
    let cancelled = "SELECT string_agg(kind, ' ') FROM outbox WHERE status = 'cancelled'";
    assert_eq!(database.text(cancelled).await, "garmin_reauth");
}

#[actix_rt::test]
async fn thousands_are_tried_again_after_a_fault_of_ours() {
    let (database, variables) = messages().await;
    database
        .execute(
            "INSERT INTO outbox (kind, channel, status, last_error_class, last_error_code, user_id, subject_id,
                                 finished_at, expires_at)
             SELECT 'account_exists', 'email', 'dead', 'permanent', '530 5.7.0', id, id, now(), now() + interval '1 hour'
             FROM users, generate_series(1, 1250)",
        )
        .await;
    let done = run(&["outbox", "retry", "--status", "dead", "--code", "5.7.0"], &variables);
    assert!(said(&done).contains("2500 retried"), "{}", said(&done));
    let queued =
        "SELECT count(*) FROM outbox WHERE status = 'queued' AND last_error_code = '530 5.7.0'";
    assert_eq!(database.text(queued).await, "2500");
}

#[actix_rt::test]
async fn a_running_server_sends_what_is_tried_again_at_once() {
    let app = TestApp::spawn_with(&[("DELIVERY_POLL_SECS", "300")]).await;
    app.smtp.refuse(3, "550 relaying denied, but only until the operator mends it");
    for name in ["ann", "bob", "eve"] {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        app.post("/auth/register", &body).await.expect(202);
    }
    until_selects(&app.database, "SELECT count(*) FROM outbox WHERE status = 'dead'", "3").await;
    let variables = settings(&app.database.url, app.smtp.port);
    let arguments = ["outbox", "retry", "--status", "dead", "--since", "1h", "--code", "550"];
    let done = run(&arguments, &variables);
    assert!(said(&done).contains("3 retried"), "{}", said(&done));
    until_selects(&app.database, "SELECT count(*) FROM outbox WHERE status = 'sent'", "3").await;
}
