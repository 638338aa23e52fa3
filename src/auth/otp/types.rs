//! Request bodies, raw and parsed.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{CodeChannel, OtpCode};
use crate::{
    auth::RefreshTokenIn,
    credentials::{EmailAddress, PhoneNumber},
    error::ApiResult,
    outbox::Channel,
    validation::{Fault, Patch, Validator},
};

/// An identifier of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    Email(EmailAddress),
    Phone(PhoneNumber),
}

/// Request body of `POST /auth/otp/request`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LoginCodeRequest)]
pub struct RequestBody {
    /// An email address, or a phone number in E.164 format.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254, examples("ann@example.com"))]
    identifier: Patch<String>,
    #[serde(default)]
    #[schema(value_type = CodeChannel, required)]
    channel: Patch<String>,
}

/// Request body of `POST /auth/otp/verify`.
#[derive(Deserialize, ToSchema)]
#[schema(as = CodeLogin)]
pub struct VerifyBody {
    /// An email address, or a phone number in E.164 format.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254, examples("ann@example.com"))]
    identifier: Patch<String>,
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^[0-9]{6}$", examples("123456"))]
    code: Patch<String>,
    /// For pages of this server: set the refresh token as a cookie instead of returning it.
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    cookie: Patch<bool>,
}

impl Identifier {
    /// The channel that reaches it.
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

    /// Parses an identifier for a channel: an address for email, a number for SMS.
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
    pub fn parse(self) -> ApiResult<(Identifier, OtpCode, RefreshTokenIn)> {
        let mut v = Validator::default();
        let identifier = v.required("identifier", self.identifier, |text| {
            let channel = if text.contains('@') { CodeChannel::Email } else { CodeChannel::Sms };
            Identifier::parse(&text, channel).map_err(|(code, _)| {
                let expected = "must be an email address of at most 254 characters, or a phone \
                                number in E.164 format";
                (code, expected.into())
            })
        });
        let code = v.required("code", self.code, otp_code);
        let token_in = RefreshTokenIn::parse(&mut v, self.cookie);
        let (identifier, code) = v.finish_with(identifier.zip(code))?;
        Ok((identifier, code, token_in))
    }
}

/// Parses six ASCII digits, ignoring spaces.
pub fn otp_code(text: String) -> Result<OtpCode, Fault> {
    text.parse().map_err(|()| ("invalid_format", "must be six digits".into()))
}
