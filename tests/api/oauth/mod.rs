//! Logging in with providers, against local ones that check what real ones check.

mod connections;
mod facebook;
mod faults;
mod issuer;
mod keys;
mod login;
mod odd_answers;
mod odd_manners;
mod pre_hijacking;
mod refused_tokens;
mod return_to;
mod state;
mod tabs;
mod tokens;
mod userinfo;

use actix_web::http::Method;

use crate::support::{
    Answer, TestApp, User,
    openid::{OpenIdProvider, Person},
};

const ANN: &str = "ann@example.com";

/// A server that offers a local OpenID provider as `oidc` and as `google`.
async fn with_provider() -> (TestApp, OpenIdProvider) {
    let provider = OpenIdProvider::start().await;
    (spawn(&provider.settings()).await, provider)
}

pub async fn spawn(settings: &[(&'static str, String)]) -> TestApp {
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    TestApp::spawn_with(&settings).await
}

/// The URL at which a login starts, and its cookie.
#[derive(Clone)]
struct Begun {
    location: String,
    cookie: String,
}

impl Begun {
    fn of(answer: &Answer, location: String) -> Self {
        let set = answer.header("set-cookie");
        let (cookie, attributes) = set.split_once(';').unwrap();
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(attributes.contains(attribute), "{set}");
        }
        assert!(cookie.starts_with("__Host-") && !attributes.contains("Domain"), "{set}");
        Self { location, cookie: cookie.to_owned() }
    }
}

/// Begins a login as a browser does.
async fn begin(app: &TestApp, path: &str) -> Begun {
    let answer = app.get(path).await.expect(302);
    Begun::of(&answer, answer.header("location").to_owned())
}

/// Follows the provider's redirect `returned` to the server.
async fn come_back(app: &TestApp, returned: &str, cookie: &str) -> Answer {
    let path = returned.strip_prefix("https://log.example").expect(returned);
    app.send(Method::GET, path, &[("cookie", cookie)], None).await
}

/// A complete login at `provider`, which the server knows as `name`.
pub async fn log_in(
    app: &TestApp,
    provider: &OpenIdProvider,
    name: &str,
    person: Person,
) -> Answer {
    provider.log_in(person);
    let begun = begin(app, &format!("/auth/login/{name}")).await;
    let returned = provider.visit(&begun.location).await;
    come_back(app, &returned, &begun.cookie).await
}

async fn user_of(app: &TestApp, provider: &OpenIdProvider, person: Person) -> User {
    User::of(&log_in(app, provider, "oidc", person).await.expect(200))
}

async fn me(app: &TestApp, user: &User) -> serde_json::Value {
    app.get_as(user, "/me").await.expect(200).json()
}
