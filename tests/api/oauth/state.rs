//! A callback must belong to a login that the same browser began, and is accepted once: security.md
//! row 10.

use super::{ANN, begin, come_back, with_provider};
use crate::support::{ROTATION, openid::Person};

#[actix_rt::test]
async fn what_was_not_begun_here_is_refused_and_nobody_is_asked() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    let (mine, other) =
        (begin(&app, "/auth/login/oidc").await, begin(&app, "/auth/login/oidc").await);
    let google = begin(&app, "/auth/login/google").await;
    let returned = provider.visit(&mine.location).await;
    let (path, query) = returned.split_once('?').unwrap();
    let code = query.split('&').find(|pair| pair.starts_with("code=")).unwrap();
    let state = query.split('&').find(|pair| pair.starts_with("state=")).unwrap();
    let (name, sealed) = mine.cookie.split_once('=').unwrap();
    let tampered = format!("{name}=e30{sealed}");
    let swapped = format!("{name}={}", other.cookie.split_once('=').unwrap().1);
    provider.calls();
    for (what, returned, cookie) in [
        ("no cookie", returned.clone(), String::new()),
        ("another browser's cookie", returned.clone(), other.cookie.clone()),
        ("another attempt's cookie under its name", returned.clone(), swapped),
        ("another provider's cookie", returned.clone(), google.cookie.clone()),
        ("a tampered cookie", returned.clone(), tampered),
        ("garbage for a cookie", returned.clone(), format!("{name}=x.y")),
        ("no state", format!("{path}?{code}"), mine.cookie.clone()),
        ("an empty state", format!("{path}?{code}&state="), mine.cookie.clone()),
        ("a foreign state", format!("{path}?{code}&state=AAAA"), mine.cookie.clone()),
        ("another provider", returned.replace("/oidc?", "/google?"), mine.cookie.clone()),
        ("an error without state", format!("{path}?error=access_denied"), mine.cookie.clone()),
    ] {
        let answer = come_back(&app, &returned, &cookie).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        assert_eq!(answer.json()["code"], "invalid_state", "{what}");
        assert_eq!(provider.calls(), Vec::<String>::new(), "{what}");
    }
    // A callback with neither code nor error does not come from the provider, and ends the attempt.
    let neither = format!("{path}?{state}");
    come_back(&app, &neither, &mine.cookie).await.expect_error(400, "invalid_parameter");
    come_back(&app, &returned, &mine.cookie).await.expect_error(400, "invalid_state");
    assert_eq!(provider.calls(), Vec::<String>::new());
}

#[actix_rt::test]
async fn an_attempt_comes_back_once() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    let begun = begin(&app, "/auth/login/oidc").await;
    let returned = provider.visit(&begun.location).await;
    come_back(&app, &returned, &begun.cookie).await.expect(200);
    provider.calls();
    come_back(&app, &returned, &begun.cookie).await.expect_error(400, "invalid_state");
    let again = provider.visit(&begun.location).await;
    come_back(&app, &again, &begun.cookie).await.expect_error(400, "invalid_state");
    assert_eq!(provider.calls(), ["GET /authorize"]);
}

#[actix_rt::test]
async fn parallel_returns_of_one_attempt_log_in_once() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    let begun = begin(&app, "/auth/login/oidc").await;
    let returned = provider.visit(&begun.location).await;
    let all = (0..8).map(|_| come_back(&app, &returned, &begun.cookie));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 7);
}

#[actix_rt::test]
async fn an_attempt_comes_back_to_a_server_with_a_new_key() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    let begun = begin(&app, "/auth/login/oidc").await;
    let settings = provider.settings();
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str())).chain(ROTATION);
    let rotated = app.restarted(&settings.collect::<Vec<_>>()).await;
    let returned = provider.visit(&begun.location).await;
    come_back(&rotated, &returned, &begun.cookie).await.expect(200);
}
