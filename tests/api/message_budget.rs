//! Limits of the messages that are sent to one recipient, and from one network to many recipients.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Scrape, TestApp, User, process, twilio::Twilio};

const BUDGET: [(&str, &str); 2] =
    [("MESSAGE_LIMIT_RECIPIENT", "3/15m"), ("MESSAGE_LIMIT_RECIPIENT_DAY", "10/1440m")];

/// All messages ever queued, whatever their status.
const MESSAGES: &str = "SELECT count(*) FROM outbox";

/// Pretends that all counted requests were made `minutes` earlier.
async fn later(app: &TestApp, minutes: u32) {
    let aged = format!(
        "UPDATE throttles SET taken = ARRAY(SELECT at - interval '{minutes} minutes' FROM unnest(taken) at)"
    );
    app.database.execute(&aged).await;
}

/// Every request without a session that sends mail to an address.
async fn ask_for_everything(app: &TestApp, email: &str, client: &str) -> Vec<Answer> {
    let requests = [
        ("/auth/register", json!({"email": email, "password": PASSWORD})),
        ("/auth/resend-verification", json!({"email": email})),
        ("/auth/forgot-password", json!({"email": email})),
        ("/auth/otp/request", json!({"identifier": email, "channel": "email"})),
    ];
    let headers = [("content-type", "application/json"), ("x-forwarded-for", client)];
    let send = |(path, body): (&'static str, Value)| async move {
        let body = body.to_string().into_bytes();
        app.send(Method::POST, path, &headers, Some(body)).await
    };
    join_all(requests.map(send)).await
}

#[actix_rt::test]
async fn a_mailbox_that_never_asked_gets_three_in_a_quarter_of_an_hour_and_ten_in_a_day() {
    let app = TestApp::spawn_with(&BUDGET).await;
    let other = TestApp::spawn_on(app.database.clone(), app.smtp.clone(), &BUDGET).await;
    // Requests count for known and unknown addresses alike. Here, each is answered by mail.
    app.register("never.asked@example.com", PASSWORD).await;
    for expected in [3, 6, 9, 10, 10] {
        let both = [&app, &other, &app];
        let sixty = both.map(|server| ask_for_everything(server, "never.asked@example.com", ""));
        for answer in join_all(sixty).await.into_iter().flatten() {
            // No answer reveals the budget. Codes have their own limit.
            let status = answer.status.as_u16();
            let is_code = answer.path == "/auth/otp/request";
            assert!(status == 202 || status == 200 || (is_code && status == 429), "{answer:?}");
        }
        assert_eq!(app.database.text(MESSAGES).await, expected.to_string());
        later(&app, 16).await;
    }
    let metrics = Scrape::of(&app).await;
    let refused =
        "sports_log_rate_limit_decisions_total{decision=\"refused\",limit=\"message_recipient\"}";
    assert!(metrics.count(refused) >= 20.0);
    later(&app, 24 * 60).await;
    ask_for_everything(&app, "never.asked@example.com", "").await;
    assert_eq!(app.database.text(MESSAGES).await, "13");
}

#[actix_rt::test]
async fn what_a_stranger_uses_up_neither_voids_what_was_sent_nor_silences_notices() {
    let app = TestApp::spawn_with(&BUDGET).await;
    app.user("ann@example.com").await;
    let forgot = json!({"email": "ann@example.com"});
    for _ in 0..5 {
        app.post("/auth/forgot-password", &forgot).await.expect(200);
    }
    // The registration was the first message. The second reset supersedes the first.
    assert_eq!(app.database.text(MESSAGES).await, "3");
    let sent = async || {
        let mails = app.smtp.mails();
        mails.into_iter().rfind(|mail| mail.text.contains("reset-password#"))
    };
    crate::support::until("the mail is there", async || {
        app.database
            .text("SELECT count(*) FROM outbox WHERE status = 'queued' OR status = 'sending'")
            .await
            == "0"
    })
    .await;
    let token = sent().await.unwrap().token();
    let reset = json!({"token": token, "new_password": "eight amber otters"});
    app.post("/auth/reset-password", &reset).await.expect(200);
    app.smtp.notice_to("ann@example.com").await;
    // A code that confirms a change belongs to the session and is not limited.
    let ann = User::of(&app.login("ann@example.com", "eight amber otters").await.expect(200));
    app.post_as(&ann, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    assert_eq!(
        app.database.text("SELECT count(*) FROM outbox WHERE kind = 'change_code'").await,
        "1"
    );
}

#[actix_rt::test]
async fn one_network_leaves_some_of_an_addresss_messages_to_its_owner() {
    let mut settings = vec![("MESSAGE_LIMIT_RECIPIENT_DAY", "10/1440m")];
    settings.extend([("MESSAGE_LIMIT_NETWORK", "1000/1440m"), ("TRUSTED_PROXIES", "127.0.0.1")]);
    let app = TestApp::spawn_with(&settings).await;
    app.register("ann@example.com", PASSWORD).await;
    for (client, expected) in [
        ("198.51.100.1", "5"),
        ("198.51.100.2", "7"),
        ("198.51.100.200", "7"),
        ("203.0.113.1", "10"),
        ("192.0.2.1", "10"),
    ] {
        ask_for_everything(&app, "ann@example.com", client).await;
        assert_eq!(app.database.text(MESSAGES).await, expected, "{client}");
    }
}

#[actix_rt::test]
async fn one_network_cannot_write_to_many() {
    let settings = [("MESSAGE_LIMIT_NETWORK", "5/1440m"), ("TRUSTED_PROXIES", "127.0.0.1")];
    let app = TestApp::spawn_with(&settings).await;
    let ask = async |n: usize, client: &str| {
        let body = json!({"email": format!("a{n}@example.com")}).to_string().into_bytes();
        let headers = [("content-type", "application/json"), ("x-forwarded-for", client)];
        let path = "/auth/forgot-password";
        app.send(Method::POST, path, &headers, Some(body)).await
    };
    // Whether or not the addresses are registered.
    for n in 0..5 {
        ask(n, &format!("2001:db8:7:{n}::1")).await.expect(200);
    }
    let refused = ask(5, "2001:db8:7:ffff::1").await.expect_error(429, "rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), "\"attempts\";q=5;w=86400");
    ask(5, "2001:db8:8::1").await.expect(200);
}

/// A server that sends text messages, with additional settings.
async fn with_texts(more: &[(&'static str, &str)]) -> (TestApp, Twilio) {
    let twilio = Twilio::start().await;
    let settings = twilio.settings();
    let mut settings: Vec<(&'static str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    settings.extend(more);
    (TestApp::spawn_with(&settings).await, twilio)
}

async fn with_number(app: &TestApp, email: &str, number: &str) -> User {
    let user = app.user(email).await;
    let number = json!({"phone_number": number, "password": PASSWORD});
    app.put_as(&user, "/me/phone", &number).await.expect(200);
    user
}

#[actix_rt::test]
async fn text_messages_of_a_day_end_for_everybody_alike() {
    let (app, twilio) = with_texts(&[("SMS_DAILY_LIMIT", "2")]).await;
    let ann = with_number(&app, "ann@example.com", "+390612345678").await;
    // Numbers that nobody has registered do not count.
    let login = async |number: &str| {
        let body = json!({"identifier": number, "channel": "sms"});
        app.post("/auth/otp/request", &body).await
    };
    for number in ["+390612345601", "+390612345602", "+390612345603"] {
        login(number).await.expect(200);
    }
    app.post_as(&ann, "/me/phone/verification", &json!({})).await.expect(202);
    let code = twilio.sms_to("+390612345678").await.code();
    let proof = json!({"code": code});
    app.post_as(&ann, "/me/phone/verification/confirm", &proof).await.expect(200);
    login("+390612345678").await.expect(200);
    twilio.sms_to("+390612345678").await;
    for number in ["+390612345678", "+390612345609"] {
        let spent = login(number).await.expect_error(503, "channel_unavailable");
        assert!((1..=86_400).contains(&spent.header("retry-after").parse::<u32>().unwrap()));
    }
    assert_eq!(twilio.messages().len(), 2);
    crate::support::until("it is shown", async || {
        let metrics = Scrape::of(&app).await;
        metrics.get("sports_log_sms_today") == Some(2.0)
            && metrics.get("sports_log_sms_daily_limit") == Some(2.0)
    })
    .await;
    app.database.execute("UPDATE daily_budgets SET day = day - 1").await;
    login("+390612345678").await.expect(200);
}

#[actix_rt::test]
async fn text_messages_go_to_the_countries_that_are_named() {
    let (app, twilio) = with_texts(&[("SMS_COUNTRIES", "CH,+44")]).await;
    for (n, (number, is_served)) in
        [("+390612345678", false), ("+447911123456", true), ("+41791234567", true)]
            .iter()
            .enumerate()
    {
        let user = with_number(&app, &format!("a{n}@example.com"), number).await;
        let asked = app.post_as(&user, "/me/phone/verification", &json!({})).await;
        let login = json!({"identifier": number, "channel": "sms"});
        let login = app.post("/auth/otp/request", &login).await;
        if *is_served {
            asked.expect(202);
            login.expect(200);
            twilio.sms_to(number).await;
        } else {
            asked.expect_error(409, "phone_number_not_served");
            login.expect_error(409, "phone_number_not_served");
        }
    }
    assert_eq!(twilio.messages().len(), 2);
    for (name, value) in [("SMS_COUNTRIES", "Italy"), ("SMS_DAILY_LIMIT", "0")] {
        let output = process::run(&["check-config"], &[(name, value.to_owned())]);
        let said = process::said(&output);
        assert!(said.contains(&format!("fault: {name}")), "{said}");
    }
}
