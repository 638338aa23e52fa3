//! What a person knows a device by, from its `User-Agent`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use derive_more::{AsRef, Display};

const MAX_CHARS: usize = 100;
/// What the parser calls what it does not know.
const UNKNOWN: &str = "UNKNOWN";

/// `Firefox on Linux`, or an app's own name. It is what the client says of itself: shown, never trusted.
#[derive(Clone, Debug, Display, AsRef, PartialEq, Eq)]
#[as_ref(str)]
pub struct Device(String);

impl Device {
    fn parse(user_agent: &str) -> Self {
        let known = woothee::parser::Parser::new().parse(user_agent);
        let name = match known {
            Some(found) if found.name != UNKNOWN && found.os != UNKNOWN => {
                format!("{} on {}", found.name, found.os)
            }
            // An app's product token (RFC 9110, section 10.1.5) says more than a parser's guess.
            _ => user_agent.split(['/', '(']).next().unwrap_or_default().to_owned(),
        };
        let printable = name.chars().filter(|c| !c.is_control()).take(MAX_CHARS);
        let name = printable.collect::<String>().trim().to_owned();
        Self(if name.is_empty() { "unknown device".to_owned() } else { name })
    }
}

impl FromRequest for Device {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT);
        let text = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        ready(Ok(Self::parse(text.as_deref().unwrap_or_default())))
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
            assert_eq!(Device::parse(user_agent).to_string(), name, "{user_agent}");
        }
        assert_eq!(Device::parse(&"é".repeat(500)).to_string().chars().count(), MAX_CHARS);
    }
}
