//! How the ends of an attempt look to a browser: the cookie, and the way back with a fragment.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use url::form_urlencoded::Serializer;

use super::{attempt::LIFE_SECS, service::Outcome, types::Returned};
use crate::error::{ApiError, ApiResult};

/// `__Host-`: only over TLS (or on localhost), only for this host, for all of its paths (RFC 6265bis).
const COOKIE: &str = "__Host-sports-log-login";

/// The cookie of the attempt that comes back.
pub fn attempt_cookie(request: &HttpRequest) -> Option<String> {
    request.cookie(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The answer that sets, or with an empty value clears, the cookie of an attempt.
pub fn with_cookie(mut answer: HttpResponseBuilder, value: &str) -> HttpResponseBuilder {
    let life = if value.is_empty() { 0 } else { LIFE_SECS };
    let cookie = Cookie::build(COOKIE, value.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(life))
        .finish();
    answer.cookie(cookie);
    answer
}

/// 200 with JSON; or 303 to `return_to`, with the same in its fragment.
pub fn outcome(return_to: Option<&str>, outcome: ApiResult<Outcome>) -> ApiResult<HttpResponse> {
    let Some(return_to) = return_to else {
        let body = match outcome? {
            Outcome::LoggedIn(response) => Returned::LoggedIn(Box::new(response)),
            Outcome::Linked(linked) => Returned::Linked { linked },
        };
        return Ok(with_cookie(HttpResponse::Ok(), "").json(body));
    };
    let mut fragment = Serializer::new(String::new());
    match &outcome {
        Ok(Outcome::LoggedIn(response)) => {
            fragment.extend_pairs(response.as_fragment());
        }
        Ok(Outcome::Linked(provider)) => {
            fragment.append_pair("linked", &provider.to_string());
        }
        Err(error) => {
            let fragment = error_fragment(error);
            return Ok(back(return_to, &fragment));
        }
    }
    Ok(back(return_to, &fragment.finish()))
}

/// 303 to `return_to` with `fragment`, which browsers send nowhere.
pub fn back(return_to: &str, fragment: &str) -> HttpResponse {
    with_cookie(HttpResponse::SeeOther(), "")
        .insert_header((header::LOCATION, format!("{return_to}#{fragment}")))
        .finish()
}

/// What a page is told of an error. It is logged, too.
pub fn error_fragment(error: &ApiError) -> String {
    log(error);
    Serializer::new(String::new())
        .append_pair("error", &error.code.to_string())
        .append_pair("error_description", &error.message)
        .finish()
}

/// An error that leaves as a redirect is not seen by the middleware that logs others.
fn log(error: &ApiError) {
    let cause = error.cause.as_ref().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(error.code = %error.code, error.cause = cause, "a login through a provider failed");
}
