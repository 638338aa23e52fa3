//! Several logins of one browser at the same time, for example in two tabs.

use actix_web::http::{Method, header};

use super::{ANN, Begun, with_provider};
use crate::support::{
    Answer, TestApp,
    openid::{OpenIdProvider, Person},
};

/// A browser that sends all cookies that it has.
#[derive(Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        let cookies: Vec<String> = self.0.iter().map(|(name, v)| format!("{name}={v}")).collect();
        let answer = app.send(Method::GET, path, &[("cookie", &cookies.join("; "))], None).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.0.retain(|(kept, _)| kept != name);
            // Ignores the cookie of the known device.
            if !set.contains("Max-Age=0") && name != "__Host-sports-log-device" {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// Begins a login. Returns where the provider redirects to.
    async fn begin(&mut self, app: &TestApp, provider: &OpenIdProvider) -> String {
        let begun = self.get(app, "/auth/login/oidc").await.expect(302);
        let returned = provider.visit(begun.header("location")).await;
        returned.strip_prefix("https://log.example").unwrap().to_owned()
    }
}

#[actix_rt::test]
async fn two_tabs_log_in_in_any_order() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    for is_reversed in [false, true] {
        let mut browser = Browser::default();
        let mut tabs = [browser.begin(&app, &provider).await, browser.begin(&app, &provider).await];
        assert_eq!(browser.0.len(), 2);
        if is_reversed {
            tabs.reverse();
        }
        for tab in tabs {
            browser.get(&app, &tab).await.expect(200);
        }
        assert_eq!(browser.0, Vec::new());
    }
}

#[actix_rt::test]
async fn the_oldest_of_more_than_five_logins_is_given_up() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("s1", ANN));
    let mut browser = Browser::default();
    let first = browser.begin(&app, &provider).await;
    let mut tabs = Vec::new();
    for _ in 0..5 {
        tabs.push(browser.begin(&app, &provider).await);
        assert!(browser.0.len() <= 5, "{}", browser.0.len());
    }
    browser.get(&app, &first).await.expect_error(400, "invalid_state");
    for tab in &tabs {
        browser.get(&app, tab).await.expect(200);
    }
    // Junk cookies are deleted before those of other attempts.
    let junk = |n| (format!("__Host-sports-log-login-{n}"), "junk".to_owned());
    browser.0.extend((0..9).map(junk));
    let tab = browser.begin(&app, &provider).await;
    assert_eq!(browser.0.len(), 5);
    browser.get(&app, &tab).await.expect(200);
}

#[actix_rt::test]
async fn a_login_that_failed_leaves_no_cookie() {
    let (app, provider) = with_provider().await;
    provider.deny();
    let mut browser = Browser::default();
    let tab = browser.begin(&app, &provider).await;
    browser.get(&app, &tab).await.expect_error(403, "login_denied");
    assert_eq!(browser.0, Vec::new());
    let begun = app.get("/auth/login/oidc").await.expect(302);
    let location = begun.header("location").to_owned();
    assert!(Begun::of(&begun, location).cookie.len() < 1024);
}
