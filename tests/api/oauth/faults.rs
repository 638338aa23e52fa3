//! Providers that deny, hang, lie or answer nonsense: security.md row 12. There is never a 500, and
//! nobody is logged in.

use std::time::{Duration, Instant};

use super::{ANN, begin, come_back, log_in, spawn, with_provider};
use crate::support::{
    free_port,
    openid::{Fault, Person},
};

#[actix_rt::test]
async fn a_person_who_says_no_is_not_logged_in() {
    let (app, provider) = with_provider().await;
    provider.deny();
    let begun = begin(&app, "/auth/login/oidc").await;
    let returned = provider.visit(&begun.location).await;
    provider.calls();
    come_back(&app, &returned, &begun.cookie).await.expect_error(403, "login_denied");
    assert_eq!(provider.calls(), Vec::<String>::new());
}

#[actix_rt::test]
async fn a_provider_that_misbehaves_lets_nobody_in() {
    let (app, provider) = with_provider().await;
    for (fault, status, code) in [
        (Fault::InvalidGrant, 401, "invalid_code"),
        (Fault::TokenGarbage, 502, "provider_error"),
        (Fault::TokenServerError, 502, "provider_error"),
        (Fault::TokenOversized, 502, "provider_error"),
        (Fault::TokenRedirects, 502, "provider_error"),
        (Fault::NoIdToken, 502, "provider_error"),
        (Fault::WrongIssuer, 502, "provider_error"),
        (Fault::WrongAudience, 502, "provider_error"),
        (Fault::WrongNonce, 502, "provider_error"),
        (Fault::WrongParty, 502, "provider_error"),
        (Fault::WrongSignature, 502, "provider_error"),
        (Fault::UnknownKey, 502, "provider_error"),
        (Fault::AlgNone, 502, "provider_error"),
        (Fault::AlgHs256, 502, "provider_error"),
        (Fault::Expired, 502, "provider_error"),
    ] {
        provider.misbehave(Some(fault));
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await;
        assert_eq!(answer.status.as_u16(), status, "{fault:?}: {}", answer.text());
        assert_eq!(answer.json()["code"], code, "{fault:?}");
        assert!(!provider.calls().contains(&"/trap".to_owned()), "{fault:?}");
    }
    provider.misbehave(None);
    for subject in ["", "s\0", &"s".repeat(256)] {
        let answer = log_in(&app, &provider, "oidc", Person::new(subject, ANN)).await;
        answer.expect_error(502, "provider_error");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "0");
    assert_eq!(app.database.text("SELECT count(*) FROM oauth_connections").await, "0");
    let nul = Person { name: Some("Ann\0".into()), ..Person::new("s1", ANN) };
    log_in(&app, &provider, "oidc", nul).await.expect(200);
}

#[actix_rt::test]
async fn a_provider_that_hangs_is_waited_for_ten_seconds() {
    let (app, provider) = with_provider().await;
    provider.misbehave(Some(Fault::TokenHangs));
    let before = Instant::now();
    log_in(&app, &provider, "oidc", Person::new("s1", ANN))
        .await
        .expect_error(502, "provider_error");
    // The request must end at all. The margin is for a busy machine.
    assert!(before.elapsed() < Duration::from_secs(25));
}

#[actix_rt::test]
async fn a_provider_that_is_down_or_another_is_told_at_the_start() {
    let (app, provider) = with_provider().await;
    for fault in [Fault::KeysGarbage, Fault::AnotherIssuer] {
        provider.misbehave(Some(fault));
        app.get("/auth/login/oidc").await.expect_error(502, "provider_error");
    }
    provider.misbehave(None);
    app.get("/auth/login/oidc").await.expect(302);

    let nobody = format!("http://127.0.0.1:{}", free_port());
    let mut settings = provider.settings();
    settings.retain(|(name, _)| *name != "OIDC_ISSUER");
    settings.push(("OIDC_ISSUER", nobody));
    let app = spawn(&settings).await;
    app.get("/auth/login/oidc").await.expect_error(502, "provider_error");
    app.get("/auth/login/google").await.expect(302);
}

#[actix_rt::test]
async fn a_provider_may_change_its_keys() {
    let (app, provider) = with_provider().await;
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
    provider.calls();
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
    assert_eq!(provider.calls(), ["GET /authorize", "POST /token"]);
    provider.change_key();
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
    let asked = provider.calls();
    assert_eq!(asked.iter().filter(|call| *call == "GET /keys").count(), 1, "{asked:?}");
}
