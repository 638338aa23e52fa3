//! Errors of Facebook's Graph API. They are distinguished by code, because nearly all have the
//! status 400. See <https://developers.facebook.com/docs/graph-api/guides/error-handling>.

use derive_more::Display;
use serde::Deserialize;

use super::grant::{provider_error, refused_code, refused_token};
use crate::error::{ApiError, ErrorCode};

/// Seconds until a retry makes sense. Facebook's rate limits use sliding windows of one hour.
const PAUSE_SECS: u32 = 60;

/// The request that was answered with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A code was to be redeemed.
    ForTokens,
    /// An access token was used.
    WithToken,
}

/// An error in a response. Its message is not read, because it may contain names of people.
#[derive(Clone, Copy, Debug, Display, Deserialize)]
#[display("Facebook error {code}, subcode {}", error_subcode.unwrap_or_default())]
pub struct GraphError {
    code: i64,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
}

impl GraphError {
    /// The error in a response body, if there is one.
    pub fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: GraphError,
        }
        serde_json::from_slice(body).ok().map(|Body { error }| error)
    }

    /// 401 for an invalid token or code, 403 for a permission that was denied or revoked, 502 for
    /// other errors: rate limits and temporary failures say nothing about the user.
    pub fn meaning(self, asked: Asked) -> ApiError {
        match (self.code, asked) {
            _ if self.is_transient => provider_error(self),
            // The token has expired or was revoked; 102 means the same for a session.
            (102 | 190, _) => refused_token(),
            // A parameter is invalid. Only the code comes from outside, so it must be the code.
            (100, Asked::ForTokens) => refused_code(),
            (10 | 200..=299, _) => ApiError::new(
                ErrorCode::LoginDenied,
                "the permission was not granted, or was revoked",
            ),
            // Rate limits of the app, the user, the page, custom limits, and limits
            // for business use.
            (4 | 17 | 32 | 341 | 368 | 613 | 80_000..=80_014, _) => ApiError {
                message: "the provider limits requests at the moment; try again later".into(),
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
