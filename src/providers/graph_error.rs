//! Errors of Facebook's Graph API, told apart by their code: it answers nearly all of them with
//! 400.
//! See <https://developers.facebook.com/docs/graph-api/guides/error-handling>.

use derive_more::Display;
use serde::Deserialize;

use super::grant::{provider_error, refused_code, refused_token};
use crate::error::{ApiError, ErrorCode};

/// Seconds after which a retry makes sense: Facebook's windows are an hour long and slide.
const PAUSE_SECS: u32 = 60;

/// What the error was an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To redeem a code.
    ForTokens,
    /// With an access token.
    WithToken,
}

/// An error as it stands in an answer. Its message may name people, and is left there.
#[derive(Clone, Copy, Debug, Display, Deserialize)]
#[display("Facebook's error {code}, subcode {}", error_subcode.unwrap_or_default())]
pub struct GraphError {
    code: i64,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
}

impl GraphError {
    /// The error in an answer's body, if it has one.
    pub fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: GraphError,
        }
        serde_json::from_slice(body).ok().map(|Body { error }| error)
    }

    /// 401 for a token or a code that is no longer good, 403 for a permission that was not given
    /// or was taken back, 502 for the rest: neither a limit nor a moment of trouble says anything
    /// of a user.
    pub fn meaning(self, asked: Asked) -> ApiError {
        match (self.code, asked) {
            _ if self.is_transient => provider_error(self),
            // The token has expired or was revoked; 102 is the same of a session.
            (102 | 190, _) => refused_token(),
            // Here a parameter is wrong, and of those only the code is not ours.
            (100, Asked::ForTokens) => refused_code(),
            (10 | 200..=299, _) => ApiError::new(
                ErrorCode::LoginDenied,
                "the permission to ask was not given, or was taken back",
            ),
            // Limits of the app, the user, the page, a custom one, and of business use.
            (4 | 17 | 32 | 341 | 368 | 613 | 80_000..=80_014, _) => ApiError {
                message: "the provider answers no more questions for now; try again later".into(),
                retry_after_secs: Some(PAUSE_SECS),
                ..provider_error(self)
            },
            _ => provider_error(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_says_whose_fault_it_is() {
        for (error, for_tokens, with_token) in [
            (json!({"code": 190}), ErrorCode::InvalidCode, ErrorCode::InvalidCode),
            (
                json!({"code": 190, "error_subcode": 463}),
                ErrorCode::InvalidCode,
                ErrorCode::InvalidCode,
            ),
            (json!({"code": 102}), ErrorCode::InvalidCode, ErrorCode::InvalidCode),
            (
                json!({"code": 100, "error_subcode": 36009}),
                ErrorCode::InvalidCode,
                ErrorCode::ProviderError,
            ),
            (json!({"code": 10}), ErrorCode::LoginDenied, ErrorCode::LoginDenied),
            (json!({"code": 200}), ErrorCode::LoginDenied, ErrorCode::LoginDenied),
            (json!({"code": 299}), ErrorCode::LoginDenied, ErrorCode::LoginDenied),
            (json!({"code": 1}), ErrorCode::ProviderError, ErrorCode::ProviderError),
            (json!({"code": 2}), ErrorCode::ProviderError, ErrorCode::ProviderError),
            (json!({"code": 4}), ErrorCode::ProviderError, ErrorCode::ProviderError),
            (json!({"code": 613}), ErrorCode::ProviderError, ErrorCode::ProviderError),
            (
                json!({"code": 190, "is_transient": true}),
                ErrorCode::ProviderError,
                ErrorCode::ProviderError,
            ),
            (json!({"code": -1}), ErrorCode::ProviderError, ErrorCode::ProviderError),
        ] {
            let read = GraphError::read(json!({"error": error}).to_string().as_bytes()).unwrap();
            assert_eq!(read.meaning(Asked::ForTokens).code, for_tokens, "{error}");
            assert_eq!(read.meaning(Asked::WithToken).code, with_token, "{error}");
        }
        let limited = GraphError { code: 4, error_subcode: None, is_transient: false };
        assert_eq!(limited.meaning(Asked::WithToken).retry_after_secs, Some(PAUSE_SECS));
        for body in
            ["", "<html>", "null", "[]", r#"{"error": "invalid_grant"}"#, r#"{"error": {}}"#]
        {
            assert!(GraphError::read(body.as_bytes()).is_none(), "{body}");
        }
    }
}
