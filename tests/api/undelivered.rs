//! What `GET /me` reports about undelivered messages to the owner of an account.

use serde_json::{Value, json};
use sports_log::outbox::store;

use crate::support::{
    Database, PASSWORD, Scrape, Stage, TestApp, User, connector,
    twilio::{Fault, Twilio},
    until, until_selects,
};

const ANN: &str = "ann@example.com";
const NUMBER: &str = "+390612345678";

async fn problem(app: &TestApp, user: &User, field: &str) -> Value {
    app.get_as(user, "/me").await.expect(200).json()[field].clone()
}

async fn forgot(app: &TestApp, email: &str) {
    app.post("/auth/forgot-password", &json!({"email": email})).await.expect(200);
}

/// Waits until `messages` messages have reached `status`.
async fn ended(app: &TestApp, status: &str, messages: usize) {
    let count = format!("SELECT count(*) FROM outbox WHERE status = '{status}'");
    until_selects(&app.database, &count, &messages.to_string()).await;
}

#[actix_rt::test]
async fn a_refused_mail_is_shown_until_one_arrives() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.registered_user(ANN).await, app.registered_user("bob@example.com").await);
    assert_eq!(problem(&app, &ann, "email_problem").await, Value::Null);
    app.smtp.refuse(1, "550 no such user, says a server that may say anything");
    forgot(&app, ANN).await;
    ended(&app, "dead", 1).await;
    let first = problem(&app, &ann, "email_problem").await;
    assert_eq!(
        (&first["code"], &first["message"]),
        (&json!("refused"), &json!("The last message was refused."))
    );
    assert!(chrono::DateTime::parse_from_rfc3339(first["since"].as_str().unwrap()).is_ok());
    assert_eq!(problem(&app, &ann, "phone_problem").await, Value::Null);
    assert_eq!(problem(&app, &bob, "email_problem").await, Value::Null);
    // The time is that of the first failure.
    app.smtp.refuse(1, "550 no such user");
    forgot(&app, ANN).await;
    ended(&app, "dead", 2).await;
    assert_eq!(problem(&app, &ann, "email_problem").await, first);
    let dead = "sports_log_outbox_dead_total{channel=\"email\",class=\"permanent\"}";
    until("both are counted", async || Scrape::of(&app).await.get(dead) == Some(2.0)).await;
    // Two messages, but one address.
    let unreachable = "sports_log_outbox_unreachable_addresses{channel=\"email\"}";
    until("the address is counted", async || Scrape::of(&app).await.get(unreachable) == Some(1.0))
        .await;
    forgot(&app, ANN).await;
    ended(&app, "sent", 3).await;
    assert_eq!(problem(&app, &ann, "email_problem").await, Value::Null);
}

#[actix_rt::test]
async fn mail_to_other_addresses_says_nothing_of_the_present_one() {
    let app = TestApp::spawn().await;
    let ann = app.registered_user(ANN).await;
    let to = |email: &str| json!({"email": email, "password": PASSWORD});
    // A code to an address that is not the account's yet.
    app.smtp.refuse_recipient("nobody@example.org", "550 no such user");
    app.put_as(&ann, "/me/email", &to("nobody@example.org")).await.expect(202);
    ended(&app, "dead", 1).await;
    assert_eq!(problem(&app, &ann, "email_problem").await, Value::Null);
    // The current address fails, and is replaced.
    app.smtp.refuse_recipient(ANN, "550 no such user");
    forgot(&app, ANN).await;
    ended(&app, "dead", 2).await;
    assert_eq!(problem(&app, &ann, "email_problem").await["code"], "refused");
    app.put_as(&ann, "/me/email", &to("new@example.org")).await.expect(202);
    let code: String = app.smtp.mail_to("new@example.org").await.subject.chars().take(6).collect();
    // A delivered mail to another address does not clear the problem.
    ended(&app, "sent", 2).await;
    assert_eq!(problem(&app, &ann, "email_problem").await["code"], "refused");
    let confirmed = app.post_as(&ann, "/me/email/confirm", &json!({"code": code})).await;
    let fresh = User::of(&confirmed.expect(200));
    assert_eq!(problem(&app, &fresh, "email_problem").await, Value::Null);
    // The notice to the previous address is refused.
    ended(&app, "dead", 3).await;
    assert_eq!(problem(&app, &fresh, "email_problem").await, Value::Null);
}

#[actix_rt::test]
async fn an_address_that_is_changed_during_a_mail_to_the_one_before_is_not_blamed() {
    let patient = [("DELIVERY_DEADLINE_SECS", "30"), ("DELIVERY_LEASE_SECS", "60")];
    let app = TestApp::spawn_with(&patient).await;
    app.smtp.hold(Some(Stage::Hello));
    app.smtp.refuse_recipient(ANN, "550 no such user");
    let body = json!({"email": ANN, "password": PASSWORD});
    app.post("/auth/register", &body).await.expect(202);
    until("the mail is on its way", async || !app.smtp.heard("EHLO").is_empty()).await;
    app.database.execute("UPDATE users SET email = 'new@example.org'").await;
    app.smtp.hold(None);
    ended(&app, "dead", 1).await;
    let failures = "SELECT count(*) FROM users WHERE email_failure IS NOT NULL";
    assert_eq!(app.database.text(failures).await, "0");
}

#[actix_rt::test]
async fn a_mail_that_nobody_took_in_time_is_shown_in_other_words() {
    let app = TestApp::spawn().await;
    let ann = app.registered_user(ANN).await;
    app.smtp.close(Some("421 closed for the night"));
    forgot(&app, ANN).await;
    until_selects(
        &app.database,
        "SELECT max(attempts) > 1 FROM outbox WHERE status = 'queued'",
        "true",
    )
    .await;
    app.database.execute("UPDATE outbox SET expires_at = now() WHERE status = 'queued'").await;
    ended(&app, "expired", 1).await;
    until("it is shown", async || !problem(&app, &ann, "email_problem").await.is_null()).await;
    let shown = problem(&app, &ann, "email_problem").await;
    assert_eq!(shown["code"], "not_in_time");
    assert_eq!(shown["message"], "The last message could not be delivered in time.");
    let expired = "sports_log_outbox_expired_total{channel=\"email\"}";
    until("it is counted", async || Scrape::of(&app).await.get(expired) == Some(1.0)).await;
    app.smtp.close(None);
    forgot(&app, ANN).await;
    ended(&app, "sent", 2).await;
    assert_eq!(problem(&app, &ann, "email_problem").await, Value::Null);
}

async fn with_number() -> (TestApp, Twilio, User) {
    let twilio = Twilio::start().await;
    let settings = twilio.settings();
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.registered_user(ANN).await;
    let body = json!({"phone_number": NUMBER, "password": PASSWORD});
    app.put_as(&ann, "/me/phone", &body).await.expect(200);
    (app, twilio, ann)
}

async fn ask_for_a_code(app: &TestApp, ann: &User) {
    app.database.execute("DELETE FROM throttles").await;
    app.post_as(ann, "/me/phone/verification", &json!({})).await.expect(202);
}

#[actix_rt::test]
async fn a_number_that_takes_no_text_messages_is_told_why() {
    let (app, twilio, ann) = with_number().await;
    let reasons = [
        (21614, "no_text_messages", "cannot receive text messages"),
        (21610, "opted_out", "opted out"),
        (21211, "invalid_number", "does not exist"),
        (21408, "not_served", "cannot send text messages"),
    ];
    for (n, (code, name, words)) in reasons.into_iter().enumerate() {
        twilio.fail(&[Fault::Refuse { status: 400, code, retry_after: None }]);
        ask_for_a_code(&app, &ann).await;
        ended(&app, "dead", n + 1).await;
        let shown = problem(&app, &ann, "phone_problem").await;
        assert_eq!(shown["code"], name);
        assert!(shown["message"].as_str().unwrap().contains(words), "{shown}");
        assert_eq!(problem(&app, &ann, "email_problem").await, Value::Null);
    }
    // Setting the same number again does not clear the problem.
    let renamed = app.put_as(&ann, "/me/profile", &json!({"display_name": "Ann"})).await;
    assert!(renamed.expect(200).json()["phone_problem"].is_object());
    for (number, is_shown) in [(NUMBER, true), ("+390612345679", false)] {
        let body = json!({"phone_number": number, "password": PASSWORD});
        let me = app.put_as(&ann, "/me/phone", &body).await.expect(200).json();
        assert_eq!(me["phone_problem"].is_object(), is_shown, "{number}");
    }
}

#[actix_rt::test]
async fn a_text_message_that_was_taken_and_then_failed_is_shown_too() {
    let (app, _twilio, ann) = with_number().await;
    ask_for_a_code(&app, &ann).await;
    until_selects(
        &app.database,
        "SELECT count(*) FROM outbox WHERE status = 'sent' AND channel = 'sms'",
        "1",
    )
    .await;
    let id =
        app.database.text("SELECT id FROM outbox WHERE channel = 'sms'").await.parse().unwrap();
    let conn = connector(&app.database.url).connect().await.unwrap();
    assert!(store::give_up_sent(&conn, id, "permanent", "30006").await.unwrap());
    assert!(!store::give_up_sent(&conn, id, "permanent", "30006").await.unwrap());
    assert_eq!(problem(&app, &ann, "phone_problem").await["code"], "no_text_messages");
    // A delivered message clears the problem.
    ask_for_a_code(&app, &ann).await;
    until_selects(
        &app.database,
        "SELECT count(*) FROM profiles WHERE phone_failure IS NOT NULL",
        "0",
    )
    .await;
    assert_eq!(problem(&app, &ann, "phone_problem").await, Value::Null);
}

#[actix_rt::test]
async fn what_expires_in_thousands_ends_at_once_and_is_noted_for_each() {
    let database = Database::new().await;
    database
        .execute(
            "WITH made AS (INSERT INTO users (email) SELECT 'user' || n || '@example.com'
                           FROM generate_series(1, 2500) n RETURNING id)
             INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
             SELECT 'account_exists', 'email', id, id, now() FROM made",
        )
        .await;
    let conn = connector(&database.url).connect().await.unwrap();
    assert_eq!(store::expire(&conn).await.unwrap().len(), 2500);
    let noted = "SELECT count(*) FROM users WHERE email_failure = 'not_in_time'";
    assert_eq!(database.text(noted).await, "2500");
}
