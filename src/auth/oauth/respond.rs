//! The browser side of a login attempt: cookies, and the redirect back with a fragment.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use url::form_urlencoded::Serializer;

use super::{
    Start,
    service::LoginResult,
    types::{LinkedProvider, Returned},
};
use crate::{
    error::{ApiError, ApiResult},
    providers::{
        CallbackParams,
        attempt::{LIFE_SECS, end_of},
    },
};

/// The prefix of the attempts' cookies. `__Host-` limits a cookie to TLS (or localhost), this host,
/// and the path `/` (RFC 6265bis).
const PREFIX: &str = "__Host-sports-log-login-";

/// The maximum number of concurrent attempts in one browser, for example in several tabs.
const ATTEMPTS: usize = 5;

/// The cookie of the attempt that returns from the provider.
pub fn attempt_cookie(request: &HttpRequest, params: &CallbackParams) -> Option<String> {
    let name = name(params.state.as_deref()?);
    request.cookie(&name).map(|cookie| cookie.value().to_owned())
}

/// A response that sets the cookie of a new attempt, and clears those of the oldest attempts
/// beyond the maximum.
pub fn begin(
    mut answer: HttpResponseBuilder,
    request: &HttpRequest,
    start: &Start,
) -> HttpResponseBuilder {
    answer.cookie(cookie(name(&start.state), start.cookie.clone()));
    for name in superseded(request) {
        answer.cookie(cookie(name, String::new()));
    }
    answer
}

/// A response that clears the cookie of a completed attempt.
pub fn end(answer: HttpResponse, state: &str) -> HttpResponse {
    with_cookie(answer, &cookie(name(state), String::new()))
}

fn with_cookie(mut answer: HttpResponse, cookie: &Cookie<'_>) -> HttpResponse {
    // Names and values contain only characters that are valid in a header.
    if let Err(error) = answer.add_cookie(cookie) {
        tracing::warn!(error.cause = %error, "cannot set a cookie");
    }
    answer
}

/// Each attempt has its own cookie, named after its state, so that attempts in two tabs
/// can both complete.
fn name(state: &str) -> String {
    format!("{PREFIX}{}", state.get(..16).unwrap_or(state))
}

/// The cookie names of the attempts that a new attempt displaces.
fn superseded(request: &HttpRequest) -> Vec<String> {
    let Ok(cookies) = request.cookies() else { return Vec::new() };
    // Among attempts that began in the same second, the later cookie is sent last (RFC
    // 6265, section 5.4).
    let mut attempts: Vec<_> =
        cookies.iter().rev().filter(|cookie| cookie.name().starts_with(PREFIX)).collect();
    attempts.sort_by_key(|cookie| std::cmp::Reverse(end_of(cookie.value())));
    attempts.into_iter().skip(ATTEMPTS - 1).map(|cookie| cookie.name().to_owned()).collect()
}

/// An empty value clears the cookie.
fn cookie(name: String, value: String) -> Cookie<'static> {
    let life = if value.is_empty() { 0 } else { LIFE_SECS };
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(life))
        .finish()
}

/// 200 with JSON, or the error; with `return_to`, a redirect (303) to it, with
/// either in the fragment.
pub fn outcome(
    state: &str,
    return_to: Option<&str>,
    outcome: ApiResult<LoginResult>,
) -> HttpResponse {
    let device = match &outcome {
        Ok(LoginResult::LoggedIn(response)) => Some(response.device_cookie()),
        _ => None,
    };
    let answer = match (return_to, outcome) {
        (None, Ok(LoginResult::LoggedIn(response))) => {
            HttpResponse::Ok().json(Returned::LoggedIn(Box::new(response)))
        }
        (None, Ok(LoginResult::Linked(linked))) => {
            HttpResponse::Ok().json(Returned::Linked(LinkedProvider { linked }))
        }
        (None, Err(error)) => HttpResponse::from_error(error),
        (Some(return_to), Ok(LoginResult::LoggedIn(response))) => {
            let mut fragment = Serializer::new(String::new());
            back(return_to, &fragment.extend_pairs(response.as_fragment()).finish())
        }
        (Some(return_to), Ok(LoginResult::Linked(provider))) => {
            back(return_to, &format!("linked={provider}"))
        }
        (Some(return_to), Err(error)) => back(return_to, &error_fragment(&error)),
    };
    let answer = end(answer, state);
    match device {
        Some(cookie) => with_cookie(answer, &cookie),
        None => answer,
    }
}

/// Redirects (303) to `return_to` with `fragment`, which browsers do not send to any server.
pub fn back(return_to: &str, fragment: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{return_to}#{fragment}")))
        .finish()
}

/// The error as a fragment for a web page. Also logs the error.
pub fn error_fragment(error: &ApiError) -> String {
    log(error);
    Serializer::new(String::new())
        .append_pair("error", &error.code.to_string())
        .append_pair("error_description", &error.message)
        .finish()
}

/// The middleware that logs errors does not see one that is sent as a redirect.
fn log(error: &ApiError) {
    let cause = error.cause.as_ref().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(error.code = %error.code, error.cause = cause, "a login through a provider failed");
}
