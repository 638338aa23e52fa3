//! Where users are redirected after a login: security.md row 11.

use std::collections::HashMap;

use super::{ANN, begin, come_back, with_provider};
use crate::support::{
    User,
    openid::{Fault, Person},
};

/// The fragment of a URL, decoded.
fn fragment(location: &str, expected: &str) -> HashMap<String, String> {
    let (target, fragment) = location.split_once('#').unwrap();
    assert_eq!(target, expected);
    url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect()
}

#[actix_rt::test]
async fn an_allowed_address_gets_the_tokens_in_its_fragment() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    for target in ["https://app.example/in", "app.example:/in"] {
        let path = format!("/auth/login/oidc?return_to={target}");
        let begun = begin(&app, &path).await;
        let returned = provider.visit(&begun.location).await;
        let answer = come_back(&app, &returned, &begun.cookie).await.expect(303);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut fragment = fragment(answer.header("location"), target);
        let token = fragment.remove("token").unwrap();
        let refresh_token = fragment.remove("refresh_token").unwrap();
        assert_eq!((&*fragment["token_type"], &*fragment["expires_in"]), ("Bearer", "900"));
        let user = User { token, refresh_token, ..User::default() };
        app.get_as(&user, "/me").await.expect(200);
    }
}

#[actix_rt::test]
async fn what_goes_wrong_is_told_in_the_fragment_too() {
    let (app, provider) = with_provider().await;
    let path = "/auth/login/oidc?return_to=https://app.example/in";
    provider.deny();
    let begun = begin(&app, path).await;
    let returned = provider.visit(&begun.location).await;
    let answer = come_back(&app, &returned, &begun.cookie).await.expect(303);
    let denied = fragment(answer.header("location"), "https://app.example/in");
    assert_eq!(denied["error"], "login_denied");
    provider.log_in(Person::new("s1", ANN));
    provider.misbehave(Some(Fault::TokenGarbage));
    let begun = begin(&app, path).await;
    let returned = provider.visit(&begun.location).await;
    let answer = come_back(&app, &returned, &begun.cookie).await.expect(303);
    let failed = fragment(answer.header("location"), "https://app.example/in");
    assert_eq!(failed["error"], "provider_error");
    assert!(!failed.contains_key("token"));
    // Without its cookie, nothing tells where to redirect to.
    come_back(&app, &returned, "").await.expect_error(400, "invalid_state");
}

#[actix_rt::test]
async fn any_other_address_is_refused_at_the_start() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    for target in [
        "",
        "/",
        "//evil.example",
        "https://evil.example/in",
        "https://app.example@evil.example/in",
        "https://app.example/in/",
        "https://app.example/in?x=1",
        "https://app.example/in%23",
        "https://app.example/in/../x",
        "HTTPS://APP.EXAMPLE/in",
        "%5Cevil.example",
        "https:%5C%5Capp.example/in",
        "https://app.example/in%0d%0aSet-Cookie:%20a=b",
        "https://app.example/in,%20app.example:/in",
        "javascript:alert(1)",
    ] {
        let answer = app.get(&format!("/auth/login/oidc?return_to={target}")).await;
        assert_eq!(answer.status, 400, "{target}: {}", answer.text());
        assert_eq!(answer.json()["code"], "invalid_return_to", "{target}");
        assert!(answer.headers.get("set-cookie").is_none(), "{target}");
    }
    assert_eq!(provider.calls(), Vec::<String>::new());
}
