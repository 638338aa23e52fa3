//! The endpoints below `/auth` and `/me`.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{
    Endpoint, Field,
    Presence::{Nullable, Required, RequiredNullable},
    texts, values,
};
use crate::support::{PASSWORD, TestApp};

async fn try_post(path: &str, valid: Value, taken: (u16, &'static str), fields: Vec<Field>) {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let endpoint = Endpoint { method: Method::POST, path: path.to_owned(), valid, taken, fields };
    endpoint.try_all(&app, &user).await;
}

fn email() -> Field {
    Field { name: "email", presence: Required, values: texts::email() }
}

fn secret(name: &'static str) -> Field {
    Field { name, presence: Required, values: texts::secret() }
}

#[actix_rt::test]
async fn every_field_of_a_registration_is_checked() {
    let valid = json!({"email": "bob@example.com", "password": PASSWORD, "display_name": "Bob"});
    let password = Field { name: "password", presence: Required, values: texts::new_password() };
    let name = Field { name: "display_name", presence: Nullable, values: texts::display_name() };
    try_post("/auth/register", valid, (202, ""), vec![email(), password, name]).await;
}

#[actix_rt::test]
async fn every_field_of_a_confirmation_is_checked() {
    let valid = json!({"token": "A".repeat(43)});
    try_post("/auth/verify-email", valid, (400, "invalid_token"), vec![secret("token")]).await;
}

#[actix_rt::test]
async fn every_field_of_a_wish_for_a_mail_is_checked() {
    let valid = json!({"email": "bob@example.com"});
    try_post("/auth/resend-verification", valid.clone(), (202, ""), vec![email()]).await;
    try_post("/auth/forgot-password", valid, (200, ""), vec![email()]).await;
}

#[actix_rt::test]
async fn every_field_of_a_login_is_checked() {
    let valid = json!({"email": "bob@example.com", "password": PASSWORD});
    let fields = vec![email(), secret("password")];
    try_post("/auth/login", valid, (401, "invalid_credentials"), fields).await;
}

#[actix_rt::test]
async fn every_field_of_a_reset_is_checked() {
    let valid = json!({"token": "A".repeat(43), "new_password": PASSWORD});
    let fields = vec![secret("token"), secret("new_password")];
    try_post("/auth/reset-password", valid, (400, "invalid_token"), fields).await;
}

#[actix_rt::test]
async fn every_field_of_a_wish_for_a_code_is_checked() {
    let field = |name, values| Field { name, presence: Required, values };
    let valid = json!({"identifier": "bob@example.com", "channel": "email"});
    let fields = vec![field("channel", texts::channel())];
    // Three requests use up the limit. Invalid requests are refused before the limit is checked.
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for _ in 0..3 {
        app.post("/auth/otp/request", &valid).await.expect(200);
    }
    let taken = (429, "rate_limited");
    let path = "/auth/otp/request".to_owned();
    Endpoint { method: Method::POST, path, valid, taken, fields }.try_all(&app, &user).await;
}

#[actix_rt::test]
async fn every_field_of_a_login_by_code_is_checked() {
    let field = |name, values| Field { name, presence: Required, values };
    let valid = json!({"identifier": "bob@example.com", "code": "123456"});
    let fields = vec![field("identifier", texts::email()), field("code", texts::code())];
    try_post("/auth/otp/verify", valid, (401, "invalid_code"), fields).await;
}

#[actix_rt::test]
async fn every_field_of_a_profile_is_checked() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let field = |name, values| Field { name, presence: Nullable, values };
    let endpoint = Endpoint {
        method: Method::PUT,
        path: "/me/profile".to_owned(),
        valid: json!({"display_name": "Ann", "preferred_units": "metric", "time_zone": "UTC"}),
        taken: (200, ""),
        fields: vec![
            field("display_name", texts::display_name()),
            field("preferred_units", texts::units()),
            field("time_zone", texts::time_zone()),
        ],
    };
    endpoint.try_all(&app, &user).await;
}

#[actix_rt::test]
async fn every_phone_number_is_checked() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let endpoint = Endpoint {
        method: Method::PUT,
        path: "/me/phone".to_owned(),
        valid: json!({"phone_number": "+390612345678"}),
        // A valid number is answered with a demand for reauthentication.
        taken: (403, "reauthentication_required"),
        fields: vec![Field {
            name: "phone_number",
            presence: RequiredNullable,
            values: texts::phone_number(),
        }],
    };
    endpoint.try_all(&app, &user).await;
}

#[actix_rt::test]
async fn every_preference_is_checked() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let endpoint = Endpoint {
        method: Method::PUT,
        path: "/me/preferences".to_owned(),
        valid: json!({"theme": "dark"}),
        taken: (200, ""),
        fields: Vec::new(),
    };
    for (raw, expected) in values::preference() {
        let answer = endpoint.send(&app, &user, &endpoint.body_with("a", &[&raw])).await;
        let outcome = super::outcome(&answer, "preferences");
        assert!(endpoint.expected(expected).contains(&outcome), "{raw:.80}: {outcome:?}");
        let stored = app.get_as(&user, "/me").await.expect(200).json();
        if answer.status == 200 {
            assert_eq!(stored["profile"]["preferences"], answer.json(), "{raw:.80}");
        }
    }
}
