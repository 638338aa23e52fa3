//! A local OpenID provider, which checks what a real one checks, and misbehaves on demand.

mod endpoints;
mod keys;
mod lies;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use actix_web::web::Data;

pub use lies::{ABSENT, Canned};

pub const CLIENT_ID: &str = "sports-log-tests";
pub const CLIENT_SECRET: &str = "a secret of the tests + 100%";

/// The person who is logged in at the provider.
#[derive(Clone, Debug)]
pub struct Person {
    pub subject: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub name: Option<String>,
}

impl Person {
    pub fn new(subject: &str, email: &str) -> Self {
        let name = Some("Ann Example".to_owned());
        Self { subject: subject.into(), email: Some(email.into()), email_verified: true, name }
    }

    pub fn unverified(subject: &str, email: &str) -> Self {
        Self { email_verified: false, ..Self::new(subject, email) }
    }
}

/// Ways to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    TokenGarbage,
    TokenServerError,
    TokenHangs,
    TokenOversized,
    TokenRedirects,
    InvalidGrant,
    WrongIssuer,
    WrongAudience,
    WrongNonce,
    WrongParty,
    WrongSignature,
    UnknownKey,
    AlgNone,
    /// Signed with the public key as if it were a shared secret.
    AlgHs256,
    Expired,
    NoIdToken,
    KeysGarbage,
    AnotherIssuer,
}

/// An authorization code that was issued.
struct Grant {
    person: Person,
    redirect_uri: String,
    challenge: String,
    nonce: String,
}

#[derive(Default)]
struct State {
    person: Option<Person>,
    denies: bool,
    fault: Option<Fault>,
    calls: Vec<String>,
    codes: HashMap<String, Grant>,
    access_tokens: HashMap<String, Person>,
    refresh_tokens: HashMap<String, Person>,
    /// How often the keys were changed, and how often their id was.
    key: usize,
    key_id: usize,
    lies: lies::Lies,
    token_life_secs: Option<i64>,
}

/// The provider, as tests see it.
#[derive(Clone)]
pub struct OpenIdProvider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

impl OpenIdProvider {
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { issuer, state: Arc::default() };
        let serving = provider.clone();
        super::serve::serve(listener, move |app| {
            app.app_data(Data::new(serving.clone())).configure(endpoints::configure);
        });
        provider
    }

    /// The settings of a server that offers it as `google` and as `oidc`.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        [
            ("OIDC_ISSUER", self.issuer.as_str()),
            ("OIDC_CLIENT_ID", CLIENT_ID),
            ("OIDC_CLIENT_SECRET", CLIENT_SECRET),
            ("GOOGLE_ISSUER", &self.issuer),
            ("GOOGLE_CLIENT_ID", CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", CLIENT_SECRET),
            ("OAUTH_TOKEN_KEY", super::OAUTH_TOKEN_KEY),
            ("OAUTH_RETURN_URLS", "https://app.example/in, app.example:/in"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
    }

    /// Logs this person in at the provider.
    pub fn log_in(&self, person: Person) {
        let mut state = self.state();
        (state.person, state.denies) = (Some(person), false);
    }

    /// Lets the person deny every login.
    pub fn deny(&self) {
        self.state().denies = true;
    }

    pub fn misbehave(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// The calls since the last use of this function, such as `POST /token`.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// All valid tokens that were issued.
    pub fn tokens(&self) -> Vec<String> {
        let state = self.state();
        state.access_tokens.keys().chain(state.refresh_tokens.keys()).cloned().collect()
    }

    /// Signs with a new key from now on.
    pub fn change_key(&self) {
        let mut state = self.state();
        (state.key, state.key_id) = (state.key + 1, state.key_id + 1);
    }

    /// The same, but the new key has the id of the old one.
    pub fn change_key_under_its_id(&self) {
        self.state().key += 1;
    }

    /// Sets the lifetime of access tokens that are issued from now on.
    pub fn set_token_life(&self, seconds: i64) {
        self.state().token_life_secs = Some(seconds);
    }

    /// Revokes all tokens, as their owner can.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.access_tokens.clear();
        state.refresh_tokens.clear();
    }

    /// Plays the browser at the provider. Returns where `location` redirects to, with code and
    /// state.
    pub async fn visit(&self, location: &str) -> String {
        let path = location.strip_prefix(&self.issuer).expect(location);
        let answer = super::send(actix_web::http::Method::GET, &self.issuer, path, &[], None).await;
        answer.expect(302).header("location").to_owned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}
