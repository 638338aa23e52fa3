//! The refresh token of a browser on this server's own pages, in a cookie that scripts cannot read.
//!
//! A request can use it only if its JSON body asks for it. Browsers do not send such a body to
//! another origin without a preflight, which CORS refuses. `SameSite=Strict` and `Sec-Fetch-Site`
//! protect it a second and a third time.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    web::Data,
};
use chrono::{DateTime, Utc};

use super::host_cookie;
use crate::{
    db::clock,
    state::WorkerState,
    validation::{Patch, Validator},
};

const COOKIE: &str = "sports-log-refresh";

/// Where the client wants its refresh token: apps in the body, browsers in a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenIn {
    Body,
    Cookie,
}

/// The refresh token in the cookie. `None` if a page of another origin sent the request.
#[derive(Clone, Debug)]
pub struct RefreshCookie(pub Option<String>);

impl RefreshTokenIn {
    /// Reads `cookie` of a body.
    pub fn parse(v: &mut Validator, cookie: Patch<bool>) -> Self {
        match v.not_null("cookie", cookie, Ok) {
            Some(true) => Self::Cookie,
            _ => Self::Body,
        }
    }
}

impl FromRequest for RefreshCookie {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let site = request.headers().get("sec-fetch-site");
        let is_ours = site.is_none_or(|site| site == "same-origin");
        let state = request.app_data::<Data<WorkerState>>().filter(|_| is_ours);
        let cookie = state.and_then(|state| request.cookie(&name(state.is_behind_tls)));
        ready(Ok(Self(cookie.map(|cookie| cookie.value().to_owned()))))
    }
}

/// Sets the cookie to `token` until `ends`.
pub fn refresh_cookie(token: String, ends: DateTime<Utc>, is_behind_tls: bool) -> Cookie<'static> {
    made(token, (ends - clock::now()).num_seconds().max(0), is_behind_tls)
}

/// Clears the cookie.
pub fn no_refresh_cookie(is_behind_tls: bool) -> Cookie<'static> {
    made(String::new(), 0, is_behind_tls)
}

fn made(value: String, life_secs: i64, is_behind_tls: bool) -> Cookie<'static> {
    Cookie::build(name(is_behind_tls), value)
        .path("/")
        .secure(is_behind_tls)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(life_secs))
        .finish()
}

fn name(is_behind_tls: bool) -> String {
    host_cookie(COOKIE, is_behind_tls)
}
