//! The channels for codes.

use derive_more::{Display, FromStr};
use serde::Serialize;
use utoipa::ToSchema;

use crate::outbox::Channel;

/// A channel that reaches a person.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum CodeChannel {
    Email,
    Sms,
}

impl From<CodeChannel> for Channel {
    fn from(channel: CodeChannel) -> Self {
        match channel {
            CodeChannel::Email => Self::Email,
            CodeChannel::Sms => Self::Sms,
        }
    }
}
