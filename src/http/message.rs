//! Responses that contain only a message.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

/// A message for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageResponse)]
pub struct Message {
    #[schema(value_type = String)]
    message: Cow<'static, str>,
}

impl Message {
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into() }
    }
}
