//! Whole numbers in the query string of a list.

use crate::error::{ApiError, ApiResult};

/// Parses the number in a parameter; 400 `invalid_parameter` if it is not whole.
pub fn number(name: &'static str, text: Option<String>) -> ApiResult<Option<i64>> {
    text.map(|text| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let problem = || match is_whole {
            true => format!("must be between {} and {}", i64::MIN, i64::MAX),
            false => "must be a whole number".to_owned(),
        };
        text.parse().map_err(|_| ApiError::invalid_parameter(name, problem()))
    })
    .transpose()
}
