//! What the endpoints take, raw and parsed.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{CodeChannel, OtpCode};
use crate::{
    credentials::{EmailAddress, PhoneNumber},
    error::ApiResult,
    outbox::Channel,
    validation::{Fault, Patch, Validator},
};

/// What somebody is known by: an address, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    Email(EmailAddress),
    Phone(PhoneNumber),
}

/// `POST /auth/otp/request`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LoginCodeRequest)]
pub struct RequestBody {
    /// An address, or a phone number in E.164 form.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254, examples("ann@example.com"))]
    identifier: Patch<String>,
    #[serde(default)]
    #[schema(value_type = CodeChannel, required)]
    channel: Patch<String>,
}

/// `POST /auth/otp/verify`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LoginCode)]
pub struct VerifyBody {
    /// An address, or a phone number in E.164 form.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254, examples("ann@example.com"))]
    identifier: Patch<String>,
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^[0-9]{6}$", examples("123456"))]
    code: Patch<String>,
}

impl Identifier {
    /// How a message reaches it.
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Sms,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(number) => number.as_str(),
        }
    }

    /// What a channel can reach: an address by email, a number by SMS.
    pub fn parse(text: &str, channel: CodeChannel) -> Result<Self, Fault> {
        let parsed = match channel {
            CodeChannel::Email => text.parse().map(Self::Email).map_err(|e| format!("{e}")),
            CodeChannel::Sms => text.parse().map(Self::Phone).map_err(|e| format!("{e}")),
        };
        parsed.map_err(|problem| ("invalid_format", problem))
    }
}

impl RequestBody {
    pub fn parse(self) -> ApiResult<Identifier> {
        let mut v = Validator::default();
        let channel = v.required("channel", self.channel, |text| {
            text.parse::<CodeChannel>()
                .map_err(|_| ("invalid_value", "must be email or sms".into()))
        });
        let identifier = v.required("identifier", self.identifier, |text| match channel {
            Some(channel) => Identifier::parse(&text, channel).map(Some),
            None => Ok(None),
        });
        v.finish_with(identifier.flatten())
    }
}

impl VerifyBody {
    pub fn parse(self) -> ApiResult<(Identifier, OtpCode)> {
        let mut v = Validator::default();
        let identifier = v.required("identifier", self.identifier, |text| {
            let channel = if text.contains('@') { CodeChannel::Email } else { CodeChannel::Sms };
            Identifier::parse(&text, channel).map_err(|(code, _)| {
                let expected = "must be an e-mail address of at most 254 characters, or a phone \
                                number in E.164 form";
                (code, expected.into())
            })
        });
        let code = v.required("code", self.code, otp_code);
        v.finish_with(identifier.zip(code))
    }
}

/// Six ASCII digits.
pub fn otp_code(text: String) -> Result<OtpCode, Fault> {
    text.parse().map_err(|()| ("invalid_format", "must be six digits".into()))
}
