//! Providers' tokens are encrypted at rest, and refreshed when they have expired: security.md row
//! 30.

use serde_json::json;

use super::{ANN, user_of, with_provider};
use crate::support::{
    OAUTH_TOKEN_KEY,
    openid::Person,
    process::{run, said},
    settings,
};

#[actix_rt::test]
async fn a_dump_has_no_token_of_a_providers() {
    let (app, provider) = with_provider().await;
    user_of(&app, &provider, Person::new("s1", ANN)).await;
    let rows = "SELECT string_agg(t::text || encode(access_token, 'escape')
                                  || encode(refresh_token, 'escape'), '') FROM oauth_connections t";
    let stored = app.database.text(rows).await;
    assert!(stored.contains("s1"), "{stored}");
    assert!(!stored.contains("at-") && !stored.contains("rt-"), "{stored}");
}

#[actix_rt::test]
async fn a_token_that_has_expired_is_refreshed_before_it_is_used() {
    let (app, provider) = with_provider().await;
    provider.set_token_life(0);
    let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
    provider.set_token_life(3600);
    provider.calls();
    for calls in [vec!["POST /token", "GET /userinfo"], vec!["GET /userinfo"]] {
        let look = app.get_as(&ann, "/me/connections/oidc").await.expect(200).json();
        assert_eq!(look["active"], true);
        assert_eq!(look["email"], ANN);
        assert_eq!(provider.calls(), calls);
    }
    app.get_as(&ann, "/me/connections/google").await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn what_was_taken_back_at_the_provider_is_not_active() {
    let (app, provider) = with_provider().await;
    for life in [0, 3600] {
        provider.set_token_life(life);
        let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
        provider.revoke();
        let look = app.get_as(&ann, "/me/connections/oidc").await.expect(200).json();
        let gone = json!({"provider": "oidc", "active": false, "name": null, "email": null});
        assert_eq!(look, gone, "{life}");
    }
}

#[actix_rt::test]
async fn tokens_are_encrypted_anew_after_a_change_of_the_key() {
    const NEXT: &str = "Q9wE5rT1yU7iO3pA8sD4fG6hJ2kL0zXcVbNm";
    let (app, provider) = with_provider().await;
    let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
    let mut rotated: Vec<(&'static str, String)> = provider.settings();
    rotated.retain(|(name, _)| *name != "OAUTH_TOKEN_KEY");
    rotated.push(("OAUTH_TOKEN_KEY", NEXT.to_owned()));
    let mut both = settings(&app.database.url, app.smtp.port);
    both.extend(rotated.clone());
    let alone = run(&["reencrypt-tokens"], &both);
    assert_eq!(alone.status.code(), Some(1), "{alone:?}");
    both.push(("OAUTH_TOKEN_KEY_PREVIOUS", OAUTH_TOKEN_KEY.to_owned()));
    for expected in ["1 connections re-encrypted", "0 connections re-encrypted"] {
        let output = run(&["reencrypt-tokens"], &both);
        assert!(output.status.success() && said(&output).contains(expected), "{output:?}");
    }
    let look = app.get_as(&ann, "/me/connections/oidc").await;
    look.expect_error(500, "internal");
    let (database, smtp) = (app.database.clone(), app.smtp.clone());
    drop(app);
    let rotated: Vec<(&str, &str)> = rotated.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let app = crate::support::TestApp::spawn_on(database, smtp, &rotated).await;
    let look = app.get_as(&ann, "/me/connections/oidc").await.expect(200).json();
    assert_eq!(look["active"], true);
}
