//! Limits of requests for codes, and of attempts.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{mailed_code, other_than, request, verify};
use crate::support::{Answer, PASSWORD, TestApp, until_selects};

/// Everything that a client sees of an answer, except what always differs.
fn seen(answer: &Answer) -> Value {
    let mut body = answer.json();
    if body.get("request_id").is_some() {
        body["request_id"] = json!("");
    }
    let mut headers: Vec<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
    headers.sort_unstable();
    json!({"status": answer.status.as_u16(), "body": body, "headers": headers})
}

#[actix_rt::test]
async fn three_codes_in_fifteen_minutes_and_then_the_time_to_wait() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    for _ in 0..3 {
        mailed_code(&app, "ann@example.com").await;
    }
    let answer = request(&app, "Ann@Example.com", "email").await.expect_error(429, "rate_limited");
    let seconds: i32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    // The oldest of the three requests no longer counts: one more is allowed, not two.
    let age = "UPDATE throttles SET taken = ARRAY(SELECT CASE WHEN at = (SELECT min(a) FROM unnest(taken) a)
                   THEN at - interval '15 minutes' ELSE at END FROM unnest(taken) at)";
    app.database.execute(age).await;
    mailed_code(&app, "ann@example.com").await;
    request(&app, "ann@example.com", "email").await.expect_error(429, "rate_limited");
}

#[actix_rt::test]
async fn the_limit_is_exact_however_many_ask_at_once() {
    let app = TestApp::spawn_with(&[("DATABASE_POOL_SIZE", "16")]).await;
    app.user("ann@example.com").await;
    let answers = join_all((0..50).map(|_| request(&app, "ann@example.com", "email"))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(200), count(429)), (3, 47));
    let codes = "SELECT count(*) FROM outbox WHERE kind = 'login_code'";
    assert_eq!(app.database.text(codes).await, "3");
}

#[actix_rt::test]
async fn known_and_unknown_identifiers_are_answered_alike() {
    let app = TestApp::spawn().await;
    app.user("known@example.com").await;
    app.register("pending@example.com", PASSWORD).await;
    let mut sequences = Vec::new();
    for email in ["known@example.com", "pending@example.com", "unknown@example.com"] {
        let mut sequence = Vec::new();
        for _ in 0..20 {
            sequence.push(seen(&request(&app, email, "email").await));
        }
        for _ in 0..3 {
            sequence.push(seen(&verify(&app, email, "000000").await));
        }
        sequences.push(sequence);
    }
    assert_eq!(sequences[0], sequences[2]);
    assert_eq!(sequences[1], sequences[2]);
    let statuses = sequences[2].iter().map(|seen| seen["status"].as_u64().unwrap());
    let expected = [vec![200; 3], vec![429; 17], vec![401; 3]].concat();
    assert_eq!(statuses.collect::<Vec<_>>(), expected);
}

#[actix_rt::test]
async fn five_attempts_are_compared_and_no_more_even_at_once() {
    let app = TestApp::spawn_with(&[("DATABASE_POOL_SIZE", "16")]).await;
    app.user("ann@example.com").await;
    let code = mailed_code(&app, "ann@example.com").await;
    let wrong = other_than(&code);
    let answers = join_all((0..200).map(|_| verify(&app, "ann@example.com", &wrong))).await;
    for answer in answers {
        answer.expect_error(401, "invalid_code");
    }
    assert_eq!(app.database.text("SELECT attempts FROM otp_challenges").await, "5");
    verify(&app, "ann@example.com", &code).await.expect_error(401, "invalid_code");
    assert_eq!(app.database.text("SELECT used FROM otp_challenges").await, "false");
}

#[actix_rt::test]
async fn ten_failures_in_a_day_close_codes_and_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for failures in [5, 5] {
        let code = mailed_code(&app, "ann@example.com").await;
        for _ in 0..failures {
            verify(&app, "ann@example.com", &other_than(&code)).await.expect(401);
        }
    }
    // The answer is the same as ever, but no code is sent that could not be used.
    request(&app, "ann@example.com", "email").await.expect(200);
    let codes = "SELECT count(*) FROM outbox WHERE kind = 'login_code'";
    assert_eq!(app.database.text(codes).await, "2");
    app.login("ann@example.com", PASSWORD).await.expect(200);
    app.get_as(&ann, "/me").await.expect(200);

    let a_day_later = "UPDATE otp_challenges SET created_at = created_at - interval '24 hours'";
    app.database.execute(a_day_later).await;
    app.database.execute("DELETE FROM throttles").await;
    let code = mailed_code(&app, "ann@example.com").await;
    verify(&app, "ann@example.com", &code).await.expect(200);
}

#[actix_rt::test]
async fn the_eleventh_failure_is_not_compared_although_its_code_is_fresh() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    let first = mailed_code(&app, "ann@example.com").await;
    for _ in 0..5 {
        verify(&app, "ann@example.com", &other_than(&first)).await.expect(401);
    }
    let second = mailed_code(&app, "ann@example.com").await;
    for _ in 0..4 {
        verify(&app, "ann@example.com", &other_than(&second)).await.expect(401);
    }
    // These were nine failures. The tenth belongs to another challenge.
    let third = mailed_code(&app, "ann@example.com").await;
    verify(&app, "ann@example.com", &other_than(&third)).await.expect(401);
    verify(&app, "ann@example.com", &third).await.expect_error(401, "invalid_code");
}

#[actix_rt::test]
async fn what_no_longer_counts_is_forgotten() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    mailed_code(&app, "ann@example.com").await;
    until_selects(&app.database, "SELECT count(*) FROM outbox WHERE status = 'sent'", "2").await;
    for long_ago in [
        "UPDATE otp_challenges SET created_at = created_at - interval '26 hours'",
        "UPDATE throttles SET taken = ARRAY[now() - interval '25 hours']",
        "UPDATE outbox SET finished_at = now() - interval '31 days' WHERE kind = 'login_code'",
    ] {
        assert_eq!(app.database.execute(long_ago).await, 1);
    }
    let (database, smtp) = (app.database.clone(), app.smtp.clone());
    drop(app);
    let app = TestApp::spawn_on(database, smtp, &[]).await;
    let left =
        "SELECT (SELECT count(*) FROM otp_challenges) || ' ' || (SELECT count(*) FROM throttles)
                       || ' ' || (SELECT count(*) FROM outbox)";
    until_selects(&app.database, left, "0 0 1").await;
}
