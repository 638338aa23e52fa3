//! `Prefer: handling=strict` (RFC 7240), by which a client asks for unknown members to be rejected.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};

use super::{known, shape::Shape};

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// A response header for requests whose preference was applied.
pub const PREFERENCE_APPLIED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("preference-applied"), HeaderValue::from_static("handling=strict"));

/// Put into the extensions of a request whose body was parsed strictly.
#[derive(Clone, Copy, Debug)]
pub struct Strictly;

/// The members that the body of `request` may have, if it is to be parsed strictly.
pub fn strictly(request: &HttpRequest) -> Option<&'static Shape> {
    if !is_strict(request.headers()) {
        return None;
    }
    request.extensions_mut().insert(Strictly);
    Some(known::body(request))
}

/// If a preference is given twice, the first one counts (RFC 7240, section 2).
fn is_strict(headers: &HeaderMap) -> bool {
    let values = headers.get_all(PREFER).filter_map(|value| value.to_str().ok());
    let mut handling = values.flat_map(|value| value.split(',')).filter_map(|preference| {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("handling").then(|| value.trim().trim_matches('"'))
    });
    handling.next().is_some_and(|value| value.eq_ignore_ascii_case("strict"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_preference_counts() {
        for (values, expected) in [
            (&["handling=strict"][..], true),
            (&["respond-async, Handling = \"strict\"; x=1"], true),
            (&["wait=10", "handling=strict, handling=lenient"], true),
            (&["handling=lenient, handling=strict"], false),
            (&["strict", "handling"], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(PREFER, HeaderValue::from_static(value));
            }
            assert_eq!(is_strict(&headers), expected, "{values:?}");
        }
    }
}
