//! The endpoints, each with the checks of its specification.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data, Form, Query, ServiceConfig},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use url::form_urlencoded;
use uuid::Uuid;

use super::{CLIENT_ID, CLIENT_SECRET, Fault, Grant, OpenIdProvider, Person};

type Params = HashMap<String, String>;

pub fn configure(app: &mut ServiceConfig) {
    app.route("/.well-known/openid-configuration", web::get().to(discovery))
        .route("/authorize", web::get().to(authorize))
        .route("/token", web::post().to(token))
        .route("/trap", web::route().to(trap))
        .route("/userinfo", web::get().to(userinfo))
        .route("/keys", web::get().to(key_set));
}

fn note(provider: &OpenIdProvider, call: &str) -> Option<Fault> {
    let mut state = provider.state();
    state.calls.push(call.to_owned());
    state.fault
}

async fn discovery(provider: Data<OpenIdProvider>) -> HttpResponse {
    let fault = note(&provider, "GET /.well-known/openid-configuration");
    if let Some(canned) = provider.canned("GET /.well-known/openid-configuration") {
        return canned;
    }
    let base = &provider.issuer;
    let issuer = if fault == Some(Fault::AnotherIssuer) { "https://evil.example" } else { base };
    HttpResponse::Ok().json(provider.described(json!({
        "issuer": issuer, "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"), "userinfo_endpoint": format!("{base}/userinfo"),
        "jwks_uri": format!("{base}/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    })))
}

/// OpenID Connect Core 1.0, section 3.1.2, and RFC 7636. Anything missing is answered with 400.
async fn authorize(provider: Data<OpenIdProvider>, params: Query<Params>) -> HttpResponse {
    note(&provider, "GET /authorize");
    let get = |name: &str| params.get(name).cloned().unwrap_or_default();
    let redirect_uri = get("redirect_uri");
    let known = ["oidc", "google"].map(|name| format!("https://log.example/auth/callback/{name}"));
    let scopes = get("scope");
    let wanted = ["openid", "email", "profile"];
    let faults: Vec<&str> = [
        (get("response_type") != "code", "response_type"),
        (get("client_id") != CLIENT_ID, "client_id"),
        (!known.contains(&redirect_uri), "redirect_uri"),
        (!wanted.iter().all(|scope| scopes.split(' ').any(|s| s == *scope)), "scope"),
        (get("state").len() < 32, "state"),
        (get("nonce").len() < 32, "nonce"),
        (get("code_challenge_method") != "S256", "code_challenge_method"),
        (get("code_challenge").len() != 43, "code_challenge"),
    ]
    .into_iter()
    .filter_map(|(is_wrong, name)| is_wrong.then_some(name))
    .collect();
    if !faults.is_empty() {
        return HttpResponse::BadRequest().body(faults.join(", "));
    }
    let mut state = provider.state();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", &get("state"));
    if state.denies {
        query.append_pair("error", "access_denied");
    } else {
        let person = state.person.clone().expect("nobody is logged in at the provider");
        let code = Uuid::new_v4().to_string();
        query.append_pair("code", &code);
        let grant = Grant {
            person,
            redirect_uri: redirect_uri.clone(),
            challenge: get("code_challenge"),
            nonce: get("nonce"),
        };
        state.codes.insert(code, grant);
    }
    let location = format!("{redirect_uri}?{}", query.finish());
    HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
}

async fn token(
    provider: Data<OpenIdProvider>,
    request: HttpRequest,
    form: Form<Params>,
) -> HttpResponse {
    let fault = note(&provider, "POST /token");
    if let Some(canned) = provider.canned("POST /token") {
        return canned;
    }
    match fault {
        Some(Fault::TokenGarbage) => return HttpResponse::Ok().body("<html>Welcome!</html>"),
        Some(Fault::TokenServerError) => return HttpResponse::InternalServerError().finish(),
        Some(Fault::TokenHangs) => std::future::pending().await,
        Some(Fault::TokenRedirects) => {
            return HttpResponse::TemporaryRedirect()
                .insert_header((header::LOCATION, format!("{}/trap", provider.issuer)))
                .finish();
        }
        _ => {}
    }
    if !is_our_client(&request) {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    let invalid_grant = || HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut state = provider.state();
    let (person, nonce) = match get("grant_type").as_str() {
        "authorization_code" => {
            // Removed: a code can be used once.
            let Some(grant) = state.codes.remove(&get("code")) else { return invalid_grant() };
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier")));
            let is_good = grant.redirect_uri == get("redirect_uri") && grant.challenge == challenge;
            if !is_good || fault == Some(Fault::InvalidGrant) {
                return invalid_grant();
            }
            (grant.person, Some(grant.nonce))
        }
        "refresh_token" => match state.refresh_tokens.remove(&get("refresh_token")) {
            Some(person) => (person, None),
            None => return invalid_grant(),
        },
        _ => {
            return HttpResponse::BadRequest().json(json!({"error": "unsupported_grant_type"}));
        }
    };
    let life = state.token_life_secs.unwrap_or(3600);
    let (access, refresh) = (format!("at-{}", Uuid::new_v4()), format!("rt-{}", Uuid::new_v4()));
    state.access_tokens.insert(access.clone(), person.clone());
    state.refresh_tokens.insert(refresh.clone(), person.clone());
    let mut answer = json!({"access_token": access, "token_type": "Bearer", "expires_in": life,
                            "refresh_token": refresh});
    if let Some(nonce) = nonce.filter(|_| fault != Some(Fault::NoIdToken)) {
        let mut claims = claims(&provider.issuer, &person, &nonce, fault);
        // OpenID Connect Core 1.0, section 3.1.3.6.
        claims["at_hash"] = json!(URL_SAFE_NO_PAD.encode(&Sha256::digest(&access)[..16]));
        answer["id_token"] = json!(state.id_token(claims, fault));
    }
    if fault == Some(Fault::TokenOversized) {
        answer["padding"] = json!("x".repeat(200 * 1024));
    }
    HttpResponse::Ok().json(answer)
}

fn claims(issuer: &str, person: &Person, nonce: &str, fault: Option<Fault>) -> Value {
    let now = Utc::now().timestamp();
    let mut claims = json!({
        "iss": issuer, "aud": CLIENT_ID, "sub": person.subject, "iat": now, "exp": now + 300,
        "nonce": nonce, "email": person.email, "email_verified": person.email_verified,
        "name": person.name,
    });
    match fault {
        Some(Fault::WrongIssuer) => claims["iss"] = json!("https://evil.example"),
        Some(Fault::WrongAudience) => claims["aud"] = json!("another-client"),
        Some(Fault::WrongNonce) => claims["nonce"] = json!("x".repeat(43)),
        Some(Fault::WrongParty) => claims["azp"] = json!("another-client"),
        Some(Fault::Expired) => claims["exp"] = json!(now - 60),
        _ => {}
    }
    claims
}

/// RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.
fn is_our_client(request: &HttpRequest) -> bool {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET)));
    let value = request.headers().get(header::AUTHORIZATION);
    value.is_some_and(|value| value.as_bytes() == format!("Basic {basic}").as_bytes())
}

/// A target that no client must follow.
async fn trap(provider: Data<OpenIdProvider>) -> HttpResponse {
    note(&provider, "/trap");
    HttpResponse::Ok().json(json!({"access_token": "x", "token_type": "Bearer"}))
}

async fn userinfo(provider: Data<OpenIdProvider>, request: HttpRequest) -> HttpResponse {
    note(&provider, "GET /userinfo");
    let value = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if let Some(canned) = provider.canned("GET /userinfo") {
        return canned;
    }
    let person = provider.state().access_tokens.get(token).cloned();
    match person {
        Some(person) => provider.userinfo(json!({
            "sub": person.subject, "email": person.email, "email_verified": person.email_verified,
            "name": person.name,
        })),
        None => HttpResponse::Unauthorized().finish(),
    }
}

async fn key_set(provider: Data<OpenIdProvider>) -> HttpResponse {
    if note(&provider, "GET /keys") == Some(Fault::KeysGarbage) {
        return HttpResponse::Ok().body("[]");
    }
    let canned = provider.canned("GET /keys");
    canned.unwrap_or_else(|| HttpResponse::Ok().json(provider.key_set()))
}
