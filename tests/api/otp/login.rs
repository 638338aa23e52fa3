//! A mailed code logs in once, for a limited time, and only the newest is valid.

use futures_util::future::join_all;

use super::{code, mailed_code, other_than, request, verify};
use crate::support::{PASSWORD, Scrape, TestApp, User, until_selects};

#[actix_rt::test]
async fn a_mailed_code_logs_in() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    request(&app, " ANN@example.com ", "email").await.expect(200);
    let mail = app.smtp.mail_to("ann@example.com").await;
    let code = code(&mail);
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{}", mail.subject);
    assert!(mail.subject.ends_with(" is your sports-log code"), "{}", mail.subject);
    assert!(mail.text.starts_with(&code) && mail.html.contains(&code), "{}", mail.raw);
    let session = User::of(&verify(&app, "ann@example.com", &code).await.expect(200));
    assert_eq!((&session.id, &session.email), (&ann.id, &ann.email));
    app.get_as(&session, "/me").await.expect(200);
    // Existing sessions stay: a login is not a reset.
    app.get_as(&ann, "/me").await.expect(200);
    app.login("ann@example.com", PASSWORD).await.expect(200);
    let logins = "sports_log_logins_total{method=\"otp\",status=\"success\"}";
    assert_eq!(Scrape::of(&app).await.get(logins), Some(1.0));
}

#[actix_rt::test]
async fn a_code_is_used_once_even_under_race() {
    let app = TestApp::spawn_with(&[("DATABASE_POOL_SIZE", "16")]).await;
    app.user("ann@example.com").await;
    let code = mailed_code(&app, "ann@example.com").await;
    let answers = join_all((0..64).map(|_| verify(&app, "ann@example.com", &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.expect_error(401, "invalid_code");
    }
}

#[actix_rt::test]
async fn asking_again_gives_the_same_code_while_it_is_good() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    let first = mailed_code(&app, "ann@example.com").await;
    assert_eq!(mailed_code(&app, "ann@example.com").await, first);
    let age = "UPDATE otp_challenges SET expires_at = expires_at - interval '9 minutes'";
    assert_eq!(app.database.execute(age).await, 1);
    // It expires too soon to be sent again. A new code makes it void.
    let second = mailed_code(&app, "ann@example.com").await;
    if first != second {
        verify(&app, "ann@example.com", &first).await.expect_error(401, "invalid_code");
    }
    verify(&app, "ann@example.com", &second).await.expect(200);
}

#[actix_rt::test]
async fn a_code_ends_and_one_that_was_used_is_not_sent_again() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    let first = mailed_code(&app, "ann@example.com").await;
    let age = "UPDATE otp_challenges SET expires_at = now()";
    assert_eq!(app.database.execute(age).await, 1);
    verify(&app, "ann@example.com", &first).await.expect_error(401, "invalid_code");
    let second = mailed_code(&app, "ann@example.com").await;
    verify(&app, "ann@example.com", &second).await.expect(200);
    let third = mailed_code(&app, "ann@example.com").await;
    verify(&app, "ann@example.com", &second).await.expect_error(401, "invalid_code");
    if second != third {
        verify(&app, "ann@example.com", &third).await.expect(200);
    }
}

#[actix_rt::test]
async fn a_code_lives_ten_minutes_by_the_databases_clock() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    mailed_code(&app, "ann@example.com").await;
    let life = "SELECT (expires_at - created_at)::text FROM otp_challenges";
    assert_eq!(app.database.text(life).await, "00:10:00");
    let message = "SELECT (expires_at - created_at)::text FROM outbox WHERE kind = 'login_code'";
    assert_eq!(app.database.text(message).await, "00:10:00");
}

#[actix_rt::test]
async fn a_code_of_one_account_is_none_of_anothers() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    app.user("bob@example.com").await;
    let anns = mailed_code(&app, "ann@example.com").await;
    let bobs = mailed_code(&app, "bob@example.com").await;
    if anns != bobs {
        verify(&app, "bob@example.com", &anns).await.expect_error(401, "invalid_code");
    }
    verify(&app, "ann@example.com", &anns).await.expect(200);
}

#[actix_rt::test]
async fn an_account_without_a_password_can_use_a_code() {
    let app = TestApp::spawn().await;
    // Like an account created by a provider login.
    let made = "WITH u AS (INSERT INTO users (email) VALUES ('ann@example.com') RETURNING id)
                INSERT INTO profiles (user_id) SELECT id FROM u";
    app.database.execute(made).await;
    let code = mailed_code(&app, "ann@example.com").await;
    let ann = User::of(&verify(&app, "ann@example.com", &code).await.expect(200));
    app.get_as(&ann, "/me").await.expect(200);
    app.login("ann@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
}

#[actix_rt::test]
async fn a_used_code_is_not_sent_again() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    app.smtp.hold(Some(crate::support::Stage::Dot));
    request(&app, "ann@example.com", "email").await.expect(200);
    crate::support::until("the server has it", async || !app.smtp.unanswered().is_empty()).await;
    let code = code(&app.smtp.unanswered()[0]);
    verify(&app, "ann@example.com", &other_than(&code)).await.expect_error(401, "invalid_code");
    verify(&app, "ann@example.com", &code).await.expect(200);
    let state = "SELECT status FROM outbox WHERE kind = 'login_code'";
    until_selects(&app.database, state, "cancelled").await;
}
