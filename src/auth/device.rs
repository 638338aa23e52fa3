//! The client of a request: its name, its network, and whether it has logged in before.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use derive_more::AsRef;
use utoipa::IntoParams;
use uuid::Uuid;

use super::DeviceToken;
use crate::{auth::bearer::bearer, http::ClientAddress, state::WorkerState, throttle::Block};

const MAX_CHARS: usize = 100;
/// The parser's placeholder for unknown values.
const UNKNOWN: &str = "UNKNOWN";

/// Apps send the device token in a header, browsers in a cookie.
const HEADER: &str = "device-token";
const COOKIE: &str = "sports-log-device";

/// A client. `AsRef<str>` is the name that is shown to the user.
#[derive(Clone, Debug, AsRef)]
pub struct Device {
    #[as_ref(str)]
    name: String,
    address: Option<ClientAddress>,
    token: Option<DeviceToken>,
}

/// The header, for the API reference.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct DeviceTokenParam {
    /// The `device_token` of an earlier login on this device. Failed attempts of strangers then do
    /// not block this client. Browsers use a cookie instead.
    #[param(rename = "Device-Token", nullable = false)]
    _device_token: Option<String>,
}

impl Device {
    /// The user and the session of an earlier login on this device, if it was a login of `user_id`.
    pub fn known_as(&self, user_id: Option<Uuid>) -> Option<(Uuid, Uuid)> {
        let token = self.token.filter(|token| Some(token.user_id) == user_id)?;
        Some((token.user_id, token.session_id))
    }

    /// The address blocks against which its attempts count.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        self.address.into_iter().flat_map(ClientAddress::blocks)
    }

    /// The network, as stored with security events.
    pub fn network(&self) -> Option<String> {
        self.address.map(|address| address.network().to_string())
    }
}

/// The name of our cookie `name`. Over TLS, the prefix limits the cookie to this host and the path
/// `/` (RFC 6265bis).
pub fn host_cookie(name: &str, is_behind_tls: bool) -> String {
    format!("{}{name}", if is_behind_tls { "__Host-" } else { "" })
}

/// The name of the cookie that identifies a device.
pub fn device_cookie(is_behind_tls: bool) -> String {
    host_cookie(COOKIE, is_behind_tls)
}

impl FromRequest for Device {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT);
        let text = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let Name(name) = Name::parse(text.as_deref().unwrap_or_default());
        let address = ClientAddress::known(request);
        ready(Ok(Self { name, address, token: token(request) }))
    }
}

/// Takes the device token from the header, the cookie, or a valid access token, in this order.
fn token(request: &HttpRequest) -> Option<DeviceToken> {
    let state = request.app_data::<Data<WorkerState>>()?;
    let in_header = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    let in_cookie = request.cookie(&device_cookie(state.is_behind_tls));
    let text = in_header.or(in_cookie.as_ref().map(|cookie| cookie.value()));
    text.and_then(|text| DeviceToken::open(&state.server_key, text)).or_else(|| {
        let (_, token) = bearer(request).ok()?;
        let identity = state.jwt.verify(&token).ok()?.identity;
        Some(DeviceToken { user_id: identity.user_id, session_id: identity.session_id })
    })
}

/// `Firefox on Linux`, or an app's own name. This is the client's own claim: it is displayed
/// but never trusted.
struct Name(String);

impl Name {
    fn parse(user_agent: &str) -> Self {
        let known = woothee::parser::Parser::new().parse(user_agent);
        let name = match known {
            Some(found) if found.name != UNKNOWN && found.os != UNKNOWN => {
                format!("{} on {}", found.name, found.os)
            }
            // The product token of an app (RFC 9110, section 10.1.5) is more precise than
            // a parser's guess.
            _ => user_agent.split(['/', '(']).next().unwrap_or_default().to_owned(),
        };
        let printable = name.chars().filter(|c| !c.is_control()).take(MAX_CHARS);
        let name = printable.collect::<String>().trim().to_owned();
        Self(if name.is_empty() { "unknown device".to_owned() } else { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names_that_people_know() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/126.0.0.0 Safari/537.36",
                "Chrome on Windows 10",
            ),
            ("RunLog/2.3 (iPhone; iOS 18.1)", "RunLog"),
            ("curl/8.5.0", "curl"),
            ("", "unknown device"),
            ("\u{7f}/", "unknown device"),
        ] {
            assert_eq!(Name::parse(user_agent).0, name, "{user_agent}");
        }
        assert_eq!(Name::parse(&"é".repeat(500)).0.chars().count(), MAX_CHARS);
    }
}
