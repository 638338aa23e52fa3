//! The proof in sensitive requests, raw and parsed.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    auth::otp::{CodeChannel, OtpCode, otp_code},
    credentials::Password,
    error::ApiResult,
    validation::{Fault, Patch, Validator},
};

/// The proof of a sensitive request: either `password` or `code`.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofBody {
    #[serde(default)]
    #[schema(value_type = String, format = "password", examples("correct horse battery staple"))]
    password: Patch<Value>,
    /// A code from `POST /me/otp`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[0-9]{6}$")]
    code: Patch<Value>,
}

/// The parsed proof of a sensitive request.
#[derive(Clone)]
pub enum Proof {
    Password(Password),
    Code(OtpCode),
    Nothing,
}

/// Request body of `POST /me/otp`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProofCodeRequest)]
pub struct CodeBody {
    #[serde(default)]
    #[schema(value_type = CodeChannel, required)]
    channel: Patch<String>,
}

impl ProofBody {
    /// Parses a body that consists only of the proof.
    pub fn proof(self) -> ApiResult<Proof> {
        let mut v = Validator::default();
        let proof = self.parse(&mut v);
        v.finish()?;
        Ok(proof)
    }

    /// Parses the proof, and adds errors to `v`. If both are given, the password is used.
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

/// Parsed by hand, because serde does not name the member with the wrong type in a
/// flattened struct.
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
