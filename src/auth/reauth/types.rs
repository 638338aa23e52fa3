//! What the sensitive endpoints take besides, raw and parsed.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    auth::otp::{CodeChannel, OtpCode, otp_code},
    credentials::Password,
    error::ApiResult,
    validation::{Fault, Patch, Validator},
};

/// The fields `password` and `code`, one of which a sensitive request carries.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofBody {
    #[serde(default)]
    #[schema(value_type = String, format = "password", examples("correct horse battery staple"))]
    password: Patch<Value>,
    /// From `POST /me/otp`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[0-9]{6}$")]
    code: Patch<Value>,
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
    /// Where it is the whole body.
    pub fn proof(self) -> ApiResult<Proof> {
        let mut v = Validator::default();
        let proof = self.parse(&mut v);
        v.finish()?;
        Ok(proof)
    }

    /// The password goes first where both are given. Faults are left with `v`.
    pub fn parse(self, v: &mut Validator) -> Proof {
        let password = v.not_null("password", self.password, text);
        let code = v.not_null("code", self.code, |code| otp_code(text(code)?));
        match (password, code) {
            (Some(password), _) => Proof::Password(Password::typed(&password)),
            (None, Some(code)) => Proof::Code(code),
            (None, None) => Proof::Nothing,
        }
    }
}

/// Of a flattened struct, serde does not say which member has the wrong type.
fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(("invalid_type", "must be a string".into())),
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
