//! Request bodies, raw and parsed.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    auth::{
        otp::{OtpCode, otp_code},
        reauth::{Proof, ProofBody},
    },
    credentials::EmailAddress,
    error::ApiResult,
    validation::{Patch, Validator},
};

/// Request body of `PUT /me/password`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
pub struct PasswordBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128, examples("correct horse battery staple"))]
    new_password: Patch<String>,
    #[serde(flatten)]
    proof: ProofBody,
}

/// Request body of `PUT /me/email`.
#[derive(Deserialize, ToSchema)]
#[schema(as = EmailChange)]
pub struct EmailBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = "email", max_length = 254, examples("ann@example.org"))]
    email: Patch<String>,
    #[serde(flatten)]
    proof: ProofBody,
}

/// Request body of `POST /me/email/confirm`.
#[derive(Deserialize, ToSchema)]
#[schema(as = EmailCode)]
pub struct ConfirmBody {
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^[0-9]{6}$", examples("123456"))]
    code: Patch<String>,
}

/// Request body of `DELETE /me`.
#[derive(Deserialize, ToSchema)]
#[schema(as = Deletion)]
pub struct DeletionBody {
    #[serde(flatten)]
    proof: ProofBody,
}

impl PasswordBody {
    /// Does not check the strength of the new password: that requires the account.
    pub fn parse(self) -> ApiResult<(String, Proof)> {
        let mut v = Validator::default();
        let new_password = v.required("new_password", self.new_password, Ok);
        let proof = self.proof.parse(&mut v);
        Ok((v.finish_with(new_password)?, proof))
    }
}

impl EmailBody {
    pub fn parse(self) -> ApiResult<(EmailAddress, Proof)> {
        let mut v = Validator::default();
        let email = v.required("email", self.email, |text| {
            text.parse().map_err(|error| ("invalid_format", format!("{error}")))
        });
        let proof = self.proof.parse(&mut v);
        Ok((v.finish_with(email)?, proof))
    }
}

impl ConfirmBody {
    pub fn parse(self) -> ApiResult<OtpCode> {
        let mut v = Validator::default();
        let code = v.required("code", self.code, otp_code);
        v.finish_with(code)
    }
}

impl DeletionBody {
    pub fn parse(self) -> ApiResult<Proof> {
        self.proof.proof()
    }
}
