//! Recognizes tokens: a server in maintenance may answer 200 with a page, which is not a token.

use secrecy::SecretString;

use super::GarminFailure;

/// A random token is longer than words that stand for no token (`undefined`).
const SHORTEST: usize = 16;

/// Many servers refuse requests with longer tokens.
const LONGEST: usize = 4096;

/// Parses a token (RFC 6749, appendix A.12). Characters that no encoding of random bytes contains
/// are refused: spaces, quotes and brackets.
pub fn token(text: &str) -> Result<SecretString, GarminFailure> {
    let is_usual = |byte: u8| byte.is_ascii_graphic() && !br#"<>"'\{}[]"#.contains(&byte);
    if (SHORTEST..=LONGEST).contains(&text.len()) && text.bytes().all(is_usual) {
        Ok(text.to_owned().into())
    } else {
        Err(GarminFailure::Garbage("no token".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_words_and_objects_are_no_tokens() {
        let long = "x".repeat(4097);
        for odd in [
            "",
            "null",
            "undefined",
            "<html>maintenance</html>",
            "service is unavailable",
            "{\"error\":\"unavailable\"}",
            "tökentökentökentöken",
            "0123456789abcdef\0",
            &long,
        ] {
            assert!(token(odd).is_err(), "{odd}");
        }
        for good in ["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_~+/==", "0123456789abcdef"] {
            assert!(token(good).is_ok(), "{good}");
        }
    }
}
