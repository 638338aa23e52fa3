//! The error of a single field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error in one field of the request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The name of the field, or its path if it is nested (`preferences.theme`).
    #[schema(value_type = String)]
    pub field: Cow<'static, str>,
    /// `missing`, `null`, `invalid_type`, `too_short`, `too_long`, `out_of_range`,
    /// `invalid_format`, …
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// Human-readable message.
    #[schema(value_type = String)]
    pub message: Cow<'static, str>,
}

impl FieldError {
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}
