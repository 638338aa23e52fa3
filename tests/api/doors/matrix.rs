//! Three modes, five ways in, and four people: a known one, an unknown one, one whom the operator
//! invited, and one in a domain that may not register.

use serde_json::json;

use super::{INVITED, KNOWN, OUTSIDER, UNKNOWN, addresses, invite, register, waiting};
use crate::{
    oauth::{log_in, spawn},
    support::{
        TestApp, User,
        openid::{OpenIdProvider, Person},
    },
};

const PEOPLE: [&str; 4] = [KNOWN, UNKNOWN, INVITED, OUTSIDER];

/// A server in this mode with the known account, and the provider that it offers. Also the token
/// of the invitation.
async fn server(mode: &str) -> (TestApp, OpenIdProvider, String) {
    let provider = OpenIdProvider::start().await;
    let mut settings = provider.settings();
    settings.push(("REGISTRATION", mode.to_owned()));
    settings.push(("REGISTRATION_DOMAINS", "example.com".to_owned()));
    let app = spawn(&settings).await;
    app.user(KNOWN).await;
    let token = invite(&app, &[INVITED]);
    (app, provider, token)
}

/// Strangers get the same answer. Only those whom the server lets in are registered.
async fn by_password(mode: &str, registered: &str, known: &str) {
    let (app, ..) = server(mode).await;
    let mut answers = Vec::new();
    for email in PEOPLE {
        let answer = register(&app, email, None).await.expect(202);
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        answers.push((names, answer.text()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(waiting(&app).await, registered);
    assert_eq!(addresses(&app).await, known);
    assert!(app.smtp.mail_to(KNOWN).await.subject.contains("already have an account"));
    // The mail to the invited address lets its owner in.
    let token = app.smtp.mail_to(INVITED).await.token();
    let user = User::of(&app.verify(&token).await.expect(200));
    assert_eq!(user.email, INVITED);
}

#[actix_rt::test]
async fn password_open() {
    let registered = "invited@partner.example unknown@example.com";
    by_password("open", registered, &format!("{INVITED} {KNOWN} {UNKNOWN}")).await;
}

#[actix_rt::test]
async fn password_invited() {
    by_password("invited", INVITED, &format!("{INVITED} {KNOWN}")).await;
}

#[actix_rt::test]
async fn password_closed() {
    by_password("closed", INVITED, &format!("{INVITED} {KNOWN}")).await;
}

/// Codes are for accounts. Nobody gets one by asking for a code.
async fn by_mailed_code(mode: &str) {
    let (app, ..) = server(mode).await;
    let mut answers = Vec::new();
    for email in PEOPLE {
        let asked = json!({"identifier": email, "channel": "email"});
        let answer = app.post("/auth/otp/request", &asked).await.expect(200).text();
        let tried = json!({"identifier": email, "code": "000000"});
        let refused = app.post("/auth/otp/verify", &tried).await;
        // One of a million codes is this one.
        answers.push((answer, refused.status.as_u16() == 401 || email == KNOWN));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let code: String = app.smtp.mail_to(KNOWN).await.subject.chars().take(6).collect();
    let right = json!({"identifier": KNOWN, "code": code});
    app.post("/auth/otp/verify", &right).await.expect(200);
    assert_eq!(addresses(&app).await, KNOWN);
    assert_eq!(app.database.text("SELECT count(*) FROM otp_challenges").await, "1");
}

#[actix_rt::test]
async fn mailed_code_open() {
    by_mailed_code("open").await;
}

#[actix_rt::test]
async fn mailed_code_invited() {
    by_mailed_code("invited").await;
}

#[actix_rt::test]
async fn mailed_code_closed() {
    by_mailed_code("closed").await;
}

/// The owner of an account at a provider learns why it is not let in. `None` is a login.
async fn at_provider(name: &str, mode: &str, unknown: Option<&str>, outsider: &str) {
    let (app, provider, _) = server(mode).await;
    let expected = [(KNOWN, None), (UNKNOWN, unknown), (INVITED, None), (OUTSIDER, Some(outsider))];
    for (email, code) in expected {
        let answer = log_in(&app, &provider, name, Person::new(email, email)).await;
        match code {
            None => assert_eq!(User::of(&answer.expect(200)).email, email),
            Some(code) => drop(answer.expect_error(403, code)),
        }
        // The second login finds what the first one made, or did not make.
        let again = log_in(&app, &provider, name, Person::new(email, email)).await;
        assert_eq!(again.status.as_u16(), if code.is_none() { 200 } else { 403 }, "{email}");
    }
    let used = "SELECT string_agg(used || ' of ' || uses, ',') FROM invitations";
    assert_eq!(app.database.text(used).await, "1 of 1");
}

#[actix_rt::test]
async fn google_open() {
    at_provider("google", "open", None, "address_not_allowed").await;
}

#[actix_rt::test]
async fn google_invited() {
    at_provider("google", "invited", Some("invitation_required"), "invitation_required").await;
}

#[actix_rt::test]
async fn google_closed() {
    at_provider("google", "closed", Some("registration_closed"), "registration_closed").await;
}

#[actix_rt::test]
async fn oidc_open() {
    at_provider("oidc", "open", None, "address_not_allowed").await;
}

#[actix_rt::test]
async fn oidc_invited() {
    at_provider("oidc", "invited", Some("invitation_required"), "invitation_required").await;
}

#[actix_rt::test]
async fn oidc_closed() {
    at_provider("oidc", "closed", Some("registration_closed"), "registration_closed").await;
}

/// Invitations work in every mode.
async fn with_invitation(mode: &str) {
    let (app, _, own) = server(mode).await;
    let for_two = invite(&app, &["--uses", "2"]);
    register(&app, KNOWN, Some(&for_two)).await.expect(202);
    assert!(app.smtp.mail_to(KNOWN).await.subject.contains("already have an account"));
    for email in [UNKNOWN, OUTSIDER] {
        register(&app, email, Some(&for_two)).await.expect(202);
        let token = app.smtp.mail_to(email).await.token();
        assert_eq!(User::of(&app.verify(&token).await.expect(200)).email, email);
    }
    // It is used up. One for an address lets that address in at once, and no other.
    register(&app, "third@example.com", Some(&for_two)).await.expect_error(400, "invalid_token");
    register(&app, UNKNOWN, Some(&own)).await.expect_error(403, "address_not_allowed");
    assert_eq!(User::of(&register(&app, INVITED, Some(&own)).await.expect(200)).email, INVITED);
    register(&app, INVITED, Some(&own)).await.expect_error(400, "invalid_token");
}

#[actix_rt::test]
async fn invitation_open() {
    with_invitation("open").await;
}

#[actix_rt::test]
async fn invitation_invited() {
    with_invitation("invited").await;
}

#[actix_rt::test]
async fn invitation_closed() {
    with_invitation("closed").await;
}
