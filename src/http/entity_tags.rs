//! Parsing of the entity tags in a request (RFC 9110, sections 8.8.3 and 13.1).

use actix_web::{HttpRequest, http::header::HeaderName};

use crate::error::{ApiError, ApiResult};

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug, PartialEq)]
pub enum Tags {
    /// `*`.
    Any,
    These(Vec<Tag>),
}

/// An entity tag without its quotes.
#[derive(Debug, PartialEq)]
pub struct Tag {
    pub is_weak: bool,
    pub text: String,
}

/// The tags of the header `name`, or `None` without the header. 400 `invalid_parameter`
/// if it is malformed: treated as a condition that never holds, it would look like a
/// conflict at every retry.
pub fn tags(request: &HttpRequest, name: HeaderName) -> ApiResult<Option<Tags>> {
    let values: Vec<_> = request
        .headers()
        .get_all(&name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    if values.is_empty() {
        return Ok(None);
    }
    parse(&values.join(",")).map(Some).ok_or_else(|| {
        let title = if name == "if-match" { "If-Match" } else { "If-None-Match" };
        let expected = "must be *, or entity tags separated by commas, each exactly as in ETag \
                        with its double quotes, such as \"17\"";
        ApiError::invalid_parameter(title, expected)
    })
}

fn parse(text: &str) -> Option<Tags> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let mut rest = text.trim_matches(BLANKS);
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return (!tags.is_empty()).then_some(Tags::These(tags));
        }
        let weak = rest.strip_prefix("W/");
        let (text, after) = weak.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        if text.contains(|c: char| c <= ' ' || c == '\x7f') {
            return None;
        }
        tags.push(Tag { is_weak: weak.is_some(), text: text.to_owned() });
        rest = after.trim_start_matches(BLANKS);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_in_quotes() {
        let tag = |is_weak, text: &str| Tag { is_weak, text: text.to_owned() };
        for (text, expected) in [
            ("\"5\"", vec![tag(false, "5")]),
            ("W/\"5\"", vec![tag(true, "5")]),
            (" \"\" ,, W/\"a,b\"\t,", vec![tag(false, ""), tag(true, "a,b")]),
        ] {
            assert_eq!(parse(text), Some(Tags::These(expected)), "{text}");
        }
        assert_eq!(parse(" * "), Some(Tags::Any));
        for malformed in [
            "",
            " ",
            ",",
            "5",
            "\"5",
            "5\"",
            "w/\"5\"",
            "W/5",
            "\"5\" \"6\"",
            "\"5\"6",
            "*, \"5\"",
            "\"5\", *",
            "\"a b\"",
            "'5'",
            "**",
        ] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }
}
