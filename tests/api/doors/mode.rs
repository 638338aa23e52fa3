//! The modes as clients see them, and the rules of the operator's own provider.

use super::{INVITED, OUTSIDER, UNKNOWN};
use crate::{
    oauth::{log_in, spawn},
    support::{
        Database, SmtpServer, TestApp, User,
        openid::{OpenIdProvider, Person},
        process::{Process, run, said},
        settings,
    },
};

#[actix_rt::test]
async fn login_methods_tell_the_mode() {
    for mode in ["open", "invited", "closed"] {
        let app = TestApp::spawn_with(&[("REGISTRATION", mode)]).await;
        let methods = app.get("/auth/login-methods").await.expect(200).json();
        assert_eq!(methods["registration"], mode);
    }
}

#[actix_rt::test]
async fn invitations_are_the_default_and_faults_are_told() {
    let unset = |(name, _): &(&'static str, String)| *name != "REGISTRATION";
    let mut variables = settings("postgres://nowhere.invalid/x", 25);
    variables.retain(unset);
    let shown = said(&run(&["check-config"], &variables));
    let names_mode =
        |line: &str| line.contains("REGISTRATION ") && line.contains("invited (default)");
    assert!(shown.lines().any(names_mode), "{shown}");
    variables.push(("REGISTRATION", "shut".to_owned()));
    variables.push(("REGISTRATION_DOMAINS", "example.com, nonsense".to_owned()));
    let shown = said(&run(&["check-config"], &variables));
    assert!(shown.contains("REGISTRATION: must be open, invited or closed"), "{shown}");
    assert!(shown.contains("REGISTRATION_DOMAINS: nonsense is not a domain"), "{shown}");
}

async fn offering(extra: &[(&'static str, &str)]) -> (TestApp, OpenIdProvider) {
    let provider = OpenIdProvider::start().await;
    let mut settings = provider.settings();
    settings.extend(extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
    (spawn(&settings).await, provider)
}

#[actix_rt::test]
async fn the_operators_provider_may_register_while_nobody_else_may() {
    let (app, provider) = offering(&[
        ("REGISTRATION", "closed"),
        ("REGISTRATION_DOMAINS", "example.com"),
        ("OIDC_AUTO_REGISTER", "true"),
    ])
    .await;
    let answer = log_in(&app, &provider, "oidc", Person::new("s1", UNKNOWN)).await.expect(200);
    assert_eq!(User::of(&answer).email, UNKNOWN);
    let outsider = Person::new("s2", OUTSIDER);
    log_in(&app, &provider, "oidc", outsider).await.expect_error(403, "address_not_allowed");
    // An address that nobody has verified is in no domain.
    let unverified = Person::unverified("s3", "ben@example.com");
    log_in(&app, &provider, "oidc", unverified).await.expect_error(403, "address_not_allowed");
    let at_google = Person::new("s4", "ben@example.com");
    log_in(&app, &provider, "google", at_google).await.expect_error(403, "registration_closed");
}

#[actix_rt::test]
async fn the_operators_provider_may_be_for_logins_only() {
    let (app, provider) = offering(&[("OIDC_AUTO_REGISTER", "false")]).await;
    let person = Person::new("s1", INVITED);
    log_in(&app, &provider, "oidc", person.clone()).await.expect_error(403, "registration_closed");
    app.user(INVITED).await;
    log_in(&app, &provider, "oidc", person).await.expect(200);
    log_in(&app, &provider, "google", Person::new("s2", UNKNOWN)).await.expect(200);
}

#[actix_rt::test]
async fn a_start_without_accounts_says_how_to_create_one() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let server = Process::start(&["serve"], &settings(&database.url, smtp.port));
    server.wait_for("sports-log user create EMAIL --admin");
}
