//! A local Facebook: the login dialog, and the part of the Graph API that identifies users.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, Data, Form, Query},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use url::form_urlencoded;
use uuid::Uuid;

use super::openid::Person;

const CLIENT_ID: &str = "1234567890";
const CLIENT_SECRET: &str = "facebooks secret of the tests";
const REDIRECT_URI: &str = "https://log.example/auth/callback/facebook";

type Params = HashMap<String, String>;

#[derive(Default)]
struct State {
    person: Option<Person>,
    codes: HashMap<String, Person>,
    tokens: HashMap<String, Person>,
    /// The error that it answers instead, and its status.
    error: Option<(u16, Value)>,
}

/// Facebook, as tests see it.
#[derive(Clone)]
pub struct Facebook {
    pub base: String,
    state: Arc<Mutex<State>>,
}

impl Facebook {
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let facebook = Self { base, state: Arc::default() };
        let serving = facebook.clone();
        super::serve::serve(listener, move |app| {
            app.app_data(Data::new(serving.clone()))
                .route("/dialog/oauth", web::get().to(dialog))
                .route("/graph/oauth/access_token", web::post().to(access_token))
                .route("/graph/me", web::get().to(me));
        });
        facebook
    }

    /// The settings of a server that offers it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("FACEBOOK_CLIENT_ID", CLIENT_ID.to_owned()),
            ("FACEBOOK_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("FACEBOOK_DIALOG_URL", format!("{}/dialog/oauth", self.base)),
            ("FACEBOOK_GRAPH_URL", format!("{}/graph", self.base)),
            ("OAUTH_TOKEN_KEY", super::OAUTH_TOKEN_KEY.to_owned()),
        ]
    }

    /// Logs this person in at Facebook.
    pub fn log_in(&self, person: Person) {
        self.state().person = Some(person);
    }

    /// Lets both parts of the Graph API answer with this error, or correctly with `None`.
    pub fn fail(&self, error: Option<(u16, Value)>) {
        self.state().error = error;
    }

    /// Plays the browser at Facebook. Returns where `location` redirects to, with code and state.
    pub async fn visit(&self, location: &str) -> String {
        let path = location.strip_prefix(&self.base).expect(location);
        let answer = super::send(actix_web::http::Method::GET, &self.base, path, &[], None).await;
        answer.expect(302).header("location").to_owned()
    }

    fn failure(&self) -> Option<HttpResponse> {
        let (status, error) = self.state().error.clone()?;
        let status = StatusCode::from_u16(status).unwrap();
        Some(HttpResponse::build(status).json(json!({"error": error})))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

async fn dialog(facebook: Data<Facebook>, params: Query<Params>) -> HttpResponse {
    let get = |name: &str| params.get(name).cloned().unwrap_or_default();
    let is_good = get("response_type") == "code"
        && get("client_id") == CLIENT_ID
        && get("redirect_uri") == REDIRECT_URI
        && get("scope") == "email public_profile"
        && get("state").len() >= 32;
    if !is_good {
        return HttpResponse::BadRequest().body(format!("{params:?}"));
    }
    let mut state = facebook.state();
    let person = state.person.clone().expect("nobody is logged in at Facebook");
    let code = Uuid::new_v4().to_string();
    state.codes.insert(code.clone(), person);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("code", &code).append_pair("state", &get("state"));
    let location = format!("{REDIRECT_URI}?{}", query.finish());
    HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
}

async fn access_token(facebook: Data<Facebook>, form: Form<Params>) -> HttpResponse {
    if let Some(failure) = facebook.failure() {
        return failure;
    }
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let is_good = get("client_id") == CLIENT_ID
        && get("client_secret") == CLIENT_SECRET
        && get("redirect_uri") == REDIRECT_URI
        && get("grant_type") == "authorization_code";
    let mut state = facebook.state();
    let Some(person) = state.codes.remove(&get("code")).filter(|_| is_good) else {
        return refused(100);
    };
    let token = format!("EAA{}", Uuid::new_v4());
    state.tokens.insert(token.clone(), person);
    HttpResponse::Ok()
        .json(json!({"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}))
}

/// Requires the token in a header, and the proof that the request comes from the app.
async fn me(facebook: Data<Facebook>, request: HttpRequest, query: Query<Params>) -> HttpResponse {
    if let Some(failure) = facebook.failure() {
        return failure;
    }
    let value = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).unwrap();
    mac.update(token.as_bytes());
    let proof: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let is_good = query.get("appsecret_proof") == Some(&proof)
        && query.get("fields").is_some_and(|fields| fields == "id,name,email")
        && !query.contains_key("access_token");
    match facebook.state().tokens.get(token).filter(|_| is_good) {
        Some(person) => {
            let mut answer = json!({"id": person.subject, "name": person.name});
            if let Some(email) = &person.email {
                answer["email"] = json!(email);
            }
            HttpResponse::Ok().json(answer)
        }
        None => refused(190),
    }
}

fn refused(code: u32) -> HttpResponse {
    let error = json!({"message": "Invalid", "type": "OAuthException", "code": code});
    HttpResponse::BadRequest().json(json!({"error": error}))
}
