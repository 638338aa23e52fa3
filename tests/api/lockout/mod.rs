//! Strangers lock nobody out, learn nothing from the order of their requests, and leave a trail.

mod codes;
mod networks;
mod order;
mod strangers;
mod trail;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, User};

const ANN: &str = "ann@example.com";

/// The tests act as many clients with a header that only trusted proxies may set.
const PROXY: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");

/// A client at an address, with the header that makes it a known device, if it is one.
#[derive(Clone)]
struct Client<'a> {
    app: &'a TestApp,
    address: String,
    known_by: Option<(&'static str, String)>,
}

impl<'a> Client<'a> {
    fn at(app: &'a TestApp, address: impl ToString) -> Self {
        Self { app, address: address.to_string(), known_by: None }
    }

    fn known_by(self, header: &'static str, value: impl ToString) -> Self {
        Self { known_by: Some((header, value.to_string())), ..self }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let mut headers =
            vec![("content-type", "application/json"), ("x-forwarded-for", self.address.as_str())];
        headers.extend(self.known_by.as_ref().map(|(name, value)| (*name, value.as_str())));
        self.app.send(Method::POST, path, &headers, Some(body.to_string().into_bytes())).await
    }

    async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({"email": email, "password": password})).await
    }

    /// Logs in with a wrong password, `times` times. Returns the statuses.
    async fn guess(&self, email: &str, times: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        for _ in 0..times {
            statuses.push(self.login(email, "not the password").await.status.as_u16());
        }
        statuses
    }

    async fn ask_for_code(&self, email: &str) -> Answer {
        self.post("/auth/otp/request", json!({"identifier": email, "channel": "email"})).await
    }

    async fn try_code(&self, email: &str, code: &str) -> Answer {
        self.post("/auth/otp/verify", json!({"identifier": email, "code": code})).await
    }
}

/// The code of the next mail to `email`.
async fn mailed_code(app: &TestApp, email: &str) -> String {
    app.smtp.mail_to(email).await.subject.chars().take(6).collect()
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// The token by which the server recognises a device after a login.
fn device_token(answer: &Answer) -> String {
    answer.json()["device_token"].as_str().unwrap().to_owned()
}

/// Logs in. Returns the token of the device.
async fn known_device(app: &TestApp, email: &str) -> String {
    device_token(&app.login(email, PASSWORD).await.expect(200))
}

/// Pretends that there were `failures` failures in a row.
async fn fail_until(app: &TestApp, failures: u32) {
    let runs = format!("UPDATE failure_runs SET failures = {failures}");
    assert!(app.database.execute(&runs).await > 0);
}

async fn bearer(app: &TestApp, user: &User, path: &str, body: Value) -> Answer {
    app.post_as(user, path, &body).await
}
