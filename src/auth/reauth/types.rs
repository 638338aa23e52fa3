//! What the sensitive endpoints take besides, raw and parsed.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    auth::{
        Password,
        otp::{CodeChannel, OtpCode, otp_code},
    },
    error::ApiResult,
    http::{Patch, Validator},
};

/// The fields `password` and `code`, one of which a sensitive request carries.
#[derive(Deserialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofBody {
    #[serde(default)]
    #[schema(value_type = String, format = "password", examples("correct horse battery staple"))]
    password: Patch<String>,
    /// From `POST /me/otp`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[0-9]{6}$")]
    code: Patch<String>,
}

/// What somebody proves with that it is still them.
#[derive(Clone)]
pub enum Proof {
    Password(Password),
    Code(OtpCode),
    Nothing,
}

/// `POST /me/otp`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProofCodeRequest)]
pub struct CodeBody {
    #[serde(default)]
    #[schema(value_type = CodeChannel, required)]
    channel: Patch<String>,
}

impl ProofBody {
    /// The password goes first where both are given. Faults are left with `v`.
    pub fn parse(self, v: &mut Validator) -> Proof {
        let password = v.not_null("password", self.password, Ok);
        let code = v.not_null("code", self.code, otp_code);
        match (password, code) {
            (Some(password), _) => Proof::Password(Password::typed(&password)),
            (None, Some(code)) => Proof::Code(code),
            (None, None) => Proof::Nothing,
        }
    }
}

impl CodeBody {
    pub fn parse(self) -> ApiResult<CodeChannel> {
        let mut v = Validator::default();
        let channel = v.required("channel", self.channel, |text| {
            text.parse().map_err(|_| ("invalid_value", "must be email or sms".into()))
        });
        v.finish_with(channel)
    }
}
