//! The Developer Program: OAuth 2.0 with PKCE, rotating refresh tokens, backfill orders and
//! webhooks.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data, Form, Query, ServiceConfig},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use uuid::Uuid;

use super::{Fault, Garmin};

pub const WEBHOOK_SECRET: &str = "0f3c9d5a7b1e84260f3c9d5a7b1e8426deadbeefcafe0123";
const CLIENT_ID: &str = "garmin-client";
const CLIENT_SECRET: &str = "garmins own for the tests";
const REDIRECT_URI: &str = "https://log.example/integrations/garmin/callback";

type Params = HashMap<String, String>;

/// Somebody with an account at Garmin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person(pub &'static str);

#[derive(Default)]
pub struct State {
    person: Option<Person>,
    /// The person, and the challenge of the client that may redeem the code.
    codes: HashMap<String, (Person, String)>,
    refresh_tokens: HashMap<String, Person>,
    access_tokens: HashMap<String, Person>,
    /// The lifetime of an access token in seconds, as it is written in answers.
    lifetime: Option<Value>,
    pulled: Vec<Value>,
    deregistered: Vec<Person>,
}

pub fn settings(base: &str) -> Vec<(&'static str, String)> {
    vec![
        ("GARMIN_CLIENT_ID", CLIENT_ID.to_owned()),
        ("GARMIN_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("GARMIN_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("GARMIN_AUTHORIZATION_URL", format!("{base}/oauth2Confirm")),
        ("GARMIN_TOKEN_URL", format!("{base}/oauth/token")),
        ("GARMIN_API_URL", base.to_owned()),
    ]
}

pub fn routes(app: &mut ServiceConfig) {
    app.route("/oauth2Confirm", web::get().to(confirm))
        .route("/oauth/token", web::post().to(token))
        .route("/wellness-api/rest/user/id", web::get().to(user_id))
        .route("/wellness-api/rest/user/registration", web::delete().to(deregister))
        .route("/wellness-api/rest/backfill/activities", web::get().to(backfill))
        .route("/wellness-api/rest/activities", web::get().to(activities))
        .route("/wellness-api/rest/activityFile", web::get().to(file));
}

impl Garmin {
    /// Logs this person in at Garmin.
    pub fn log_in(&self, person: Person) {
        self.state().developer.person = Some(person);
    }

    /// Sets the `expires_in` of access tokens that are issued from now on.
    pub fn set_lifetime(&self, seconds: impl Into<Value>) {
        self.state().developer.lifetime = Some(seconds.into());
    }

    /// Sets the activities that the callback URL of a ping returns.
    pub fn set_pulled(&self, activities: Vec<Value>) {
        self.state().developer.pulled = activities;
    }

    pub fn set_file(&self, id: i64, file: Vec<u8>) {
        self.state().files.insert(id.to_string(), file);
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    pub fn deregistered(&self) -> Vec<Person> {
        self.state().developer.deregistered.clone()
    }

    /// Plays the browser at Garmin. Returns where `location` redirects to.
    pub async fn visit(&self, location: &str) -> String {
        let base = self.base();
        let path = location.strip_prefix(&base).expect(location);
        let answer =
            crate::support::send(actix_web::http::Method::GET, &base, path, &[], None).await;
        answer.expect(302).header("location").to_owned()
    }
}

async fn confirm(garmin: Data<Garmin>, params: Query<Params>) -> HttpResponse {
    let get = |name: &str| params.get(name).cloned().unwrap_or_default();
    let is_good = get("response_type") == "code"
        && get("client_id") == CLIENT_ID
        && get("redirect_uri") == REDIRECT_URI
        && get("code_challenge_method") == "S256"
        && get("state").len() >= 32
        && !params.contains_key("scope");
    if !is_good {
        return HttpResponse::BadRequest().body(format!("{params:?}"));
    }
    let mut state = garmin.state();
    let mut query = form_urlencoded::Serializer::new(String::new());
    match state.developer.person.clone() {
        Some(person) => {
            let code = Uuid::new_v4().to_string();
            query.append_pair("code", &code);
            state.developer.codes.insert(code, (person, get("code_challenge")));
        }
        None => {
            query.append_pair("error", "access_denied");
        }
    }
    query.append_pair("state", &get("state"));
    let location = format!("{REDIRECT_URI}?{}", query.finish());
    HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
}

async fn token(garmin: Data<Garmin>, request: HttpRequest, form: Form<Params>) -> HttpResponse {
    let fault = garmin.note(&request);
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let refused = || HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    if get("client_id") != CLIENT_ID || get("client_secret") != CLIENT_SECRET {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    match fault {
        None | Some(Fault::RotateThenHang) => {}
        Some(fault) => return fault.answer(),
    }
    let answer = {
        let state = &mut *garmin.state();
        let person = match get("grant_type").as_str() {
            "authorization_code" => {
                let challenge =
                    URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier").as_bytes()));
                let found = state.developer.codes.remove(&get("code"));
                found
                    .filter(|(_, asked)| *asked == challenge && get("redirect_uri") == REDIRECT_URI)
                    .map(|(person, _)| person)
            }
            // Each can be used once.
            "refresh_token" => state.developer.refresh_tokens.remove(&get("refresh_token")),
            _ => None,
        };
        let Some(person) = person else { return refused() };
        let (access, refresh) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        state.tokens.insert(access.clone());
        state.developer.access_tokens.insert(access.clone(), person.clone());
        state.developer.refresh_tokens.insert(refresh.clone(), person);
        let lifetime = state.developer.lifetime.clone().unwrap_or(json!(86_400));
        json!({"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": lifetime,
               "refresh_token_expires_in": 7_775_998, "scope": "CONNECT_READ", "jti": Uuid::new_v4()})
    };
    if fault.is_some() {
        std::future::pending::<()>().await;
    }
    HttpResponse::Ok().json(answer)
}

fn owner(state: &super::State, request: &HttpRequest) -> Person {
    let given = request.headers().get(header::AUTHORIZATION).unwrap().to_str().unwrap();
    state.developer.access_tokens[given.strip_prefix("Bearer ").unwrap()].clone()
}

async fn user_id(garmin: Data<Garmin>, request: HttpRequest) -> HttpResponse {
    let answer = garmin.answer(&request, |state| {
        HttpResponse::Ok().json(json!({"userId": owner(state, &request).0}))
    });
    answer.await
}

async fn deregister(garmin: Data<Garmin>, request: HttpRequest) -> HttpResponse {
    let answer = garmin.answer(&request, |state| {
        let person = owner(state, &request);
        state.developer.refresh_tokens.retain(|_, owner| *owner != person);
        state.developer.deregistered.push(person);
        HttpResponse::NoContent().finish()
    });
    answer.await
}

/// A backfill order: 30 days at most, and each only once.
async fn backfill(
    garmin: Data<Garmin>,
    request: HttpRequest,
    query: Query<Params>,
) -> HttpResponse {
    let number = |name: &str| query[name].parse::<i64>().unwrap();
    let span = number("summaryEndTimeInSeconds") - number("summaryStartTimeInSeconds");
    let answer = garmin.answer(&request, |state| {
        let target = request.uri().to_string();
        let times = state.calls.iter().filter(|call| call.target == target).count();
        match span {
            0..=2_592_000 if times > 1 => HttpResponse::Conflict().finish(),
            0..=2_592_000 => HttpResponse::Accepted().finish(),
            _ => HttpResponse::BadRequest().finish(),
        }
    });
    answer.await
}

async fn activities(garmin: Data<Garmin>, request: HttpRequest) -> HttpResponse {
    let answer = garmin.answer(&request, |state| HttpResponse::Ok().json(&state.developer.pulled));
    answer.await
}

async fn file(garmin: Data<Garmin>, request: HttpRequest, query: Query<Params>) -> HttpResponse {
    let answer = garmin.answer(&request, |state| match state.files.get(&query["id"]) {
        Some(file) => HttpResponse::Ok().body(file.clone()),
        None => HttpResponse::Gone().finish(),
    });
    answer.await
}
