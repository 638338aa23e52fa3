//! Logging in with a one-time code, and verifying a number with one: security.md rows 6, 8, 13 to
//! 17.

mod limits;
mod login;
mod number;
mod phone;
mod secrecy;
mod sms;
mod strangers;

use serde_json::json;

use crate::support::{Answer, Mail, PASSWORD, TestApp, User, twilio::Twilio};

const NUMBER: &str = "+390612345678";

/// An application that also sends text messages.
async fn with_sms() -> (TestApp, Twilio) {
    let twilio = Twilio::start().await;
    let settings = twilio.settings();
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    (TestApp::spawn_with(&settings).await, twilio)
}

async fn request(app: &TestApp, identifier: &str, channel: &str) -> Answer {
    let body = json!({"identifier": identifier, "channel": channel});
    app.post("/auth/otp/request", &body).await
}

async fn verify(app: &TestApp, identifier: &str, code: &str) -> Answer {
    app.post("/auth/otp/verify", &json!({"identifier": identifier, "code": code})).await
}

/// The code at the beginning of a mail's subject.
fn code(mail: &Mail) -> String {
    mail.subject.chars().take(6).collect()
}

/// Requests a code and reads the mail.
async fn mailed_code(app: &TestApp, email: &str) -> String {
    request(app, email, "email").await.expect(200);
    code(&app.smtp.mail_to(email).await)
}

/// A code of six digits that is not `code`.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn set_number(app: &TestApp, user: &User, number: &str) {
    let body = json!({"phone_number": number, "password": PASSWORD});
    app.put_as(user, "/me/phone", &body).await.expect(200);
}

async fn confirm(app: &TestApp, user: &User, code: &str) -> Answer {
    app.post_as(user, "/me/phone/verification/confirm", &json!({"code": code})).await
}

/// Sets and verifies the user's number.
async fn prove(app: &TestApp, twilio: &Twilio, user: &User, number: &str) {
    set_number(app, user, number).await;
    app.post_as(user, "/me/phone/verification", &json!({})).await.expect(202);
    let code = twilio.sms_to(number).await.code();
    let me = confirm(app, user, &code).await.expect(200).json();
    assert_eq!(me["profile"]["phone_verified"], true);
}
