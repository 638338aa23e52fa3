//! Request and response bodies, raw and parsed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::{
        RefreshTokenIn,
        grants::{Grant, StillOpen},
    },
    credentials::{EmailAddress, OneTimeToken, Password, WeakPassword},
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    validation::{Patch, Validator, check_text},
};

/// Request body of `POST /auth/register`.
#[derive(Deserialize, ToSchema)]
#[schema(as = Registration)]
pub struct RegisterBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = "email", max_length = 254, examples("ann@example.com"))]
    email: Patch<String>,
    #[serde(default)]
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128, examples("correct horse battery staple"))]
    password: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$", examples("Ann"))]
    display_name: Patch<String>,
    /// The token of an invitation.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    invitation: Patch<String>,
    /// For pages of this server: set the refresh token as a cookie instead of returning it.
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    cookie: Patch<bool>,
}

/// A valid registration.
pub struct Registration {
    pub email: EmailAddress,
    pub password: Password,
    pub display_name: Option<String>,
    pub invitation: Option<OneTimeToken>,
}

/// Request body of `POST /auth/login`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LoginCredentials)]
pub struct LoginBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = "email", max_length = 254, examples("ann@example.com"))]
    email: Patch<String>,
    #[serde(default)]
    #[schema(value_type = String, required, format = "password", examples("correct horse battery staple"))]
    password: Patch<String>,
    /// For pages of this server: set the refresh token as a cookie instead of returning it.
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    cookie: Patch<bool>,
}

/// The credentials of a login.
pub struct Login {
    pub email: EmailAddress,
    pub password: Password,
}

/// Request body of `POST /auth/resend-verification` and `POST /auth/forgot-password`.
#[derive(Deserialize, ToSchema)]
#[schema(as = Email)]
pub struct EmailBody {
    #[serde(default)]
    #[schema(value_type = String, required, format = "email", max_length = 254, examples("ann@example.com"))]
    email: Patch<String>,
}

/// Request body of `POST /auth/verify-email`.
#[derive(Deserialize, ToSchema)]
#[schema(as = MailedToken)]
pub struct TokenBody {
    /// The token from the mail.
    #[serde(default)]
    #[schema(value_type = String, required, examples("pXk3vE0cV1qkZ8mF2yB7tQ9wH4nJ6sLrA5uD1gC0eIo"))]
    token: Patch<String>,
    /// For pages of this server: set the refresh token as a cookie instead of returning it.
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    cookie: Patch<bool>,
}

/// Request body of `POST /auth/reset-password`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordReset)]
pub struct ResetBody {
    /// The token from the mail.
    #[serde(default)]
    #[schema(value_type = String, required, examples("pXk3vE0cV1qkZ8mF2yB7tQ9wH4nJ6sLrA5uD1gC0eIo"))]
    token: Patch<String>,
    #[serde(default)]
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128, examples("correct horse battery staple"))]
    new_password: Patch<String>,
    /// The grants to revoke. All sessions and personal access tokens always end.
    #[serde(default)]
    #[schema(value_type = Vec<Grant>, examples(json!(["shares", "webhooks"])))]
    end: Patch<Vec<String>>,
}

/// Response body of `POST /auth/reset-password`.
#[derive(Serialize, ToSchema)]
pub struct PasswordResetDone {
    /// Human-readable message.
    pub message: &'static str,
    pub still_open: StillOpen,
}

/// A password reset. The strength of the password is checked once the account is known.
pub struct Reset {
    pub token: OneTimeToken,
    pub new_password: String,
    pub end: BTreeSet<Grant>,
}

type Fault = (&'static str, String);

impl RegisterBody {
    /// 422 `validation_failed` for malformed fields, 422 `weak_password` for an
    /// unacceptable password.
    pub fn parse(self, product: &str) -> ApiResult<(Registration, RefreshTokenIn)> {
        let mut v = Validator::default();
        let email = v.required("email", self.email, email);
        let password = v.required("password", self.password, Ok);
        let display_name = v.nullable("display_name", self.display_name, display_name);
        let invitation = v.nullable("invitation", self.invitation, Ok).into_option();
        let token_in = RefreshTokenIn::parse(&mut v, self.cookie);
        let (email, password) = v.finish_with(email.zip(password))?;
        let password = acceptable(&password, "password", &email, product)?;
        let display_name = display_name.into_option();
        let invitation = invitation.map(|token| one_time_token(&token)).transpose()?;
        Ok((Registration { email, password, display_name, invitation }, token_in))
    }
}

impl LoginBody {
    pub fn parse(self) -> ApiResult<(Login, RefreshTokenIn)> {
        let mut v = Validator::default();
        let email = v.required("email", self.email, email);
        let password = v.required("password", self.password, Ok);
        let token_in = RefreshTokenIn::parse(&mut v, self.cookie);
        let (email, password) = v.finish_with(email.zip(password))?;
        Ok((Login { email, password: Password::typed(&password) }, token_in))
    }
}

impl EmailBody {
    pub fn parse(self) -> ApiResult<EmailAddress> {
        let mut v = Validator::default();
        let email = v.required("email", self.email, email);
        v.finish_with(email)
    }
}

impl TokenBody {
    pub fn parse(self) -> ApiResult<(OneTimeToken, RefreshTokenIn)> {
        let mut v = Validator::default();
        let token = v.required("token", self.token, Ok);
        let token_in = RefreshTokenIn::parse(&mut v, self.cookie);
        Ok((one_time_token(&v.finish_with(token)?)?, token_in))
    }
}

impl ResetBody {
    pub fn parse(self) -> ApiResult<Reset> {
        let mut v = Validator::default();
        let token = v.required("token", self.token, Ok);
        let new_password = v.required("new_password", self.new_password, Ok);
        let end = v.not_null("end", self.end, |texts| {
            let grants = texts.iter().map(|text| text.parse::<Grant>()).collect::<Result<_, _>>();
            let expected = "must be shares, webhooks, tokens, connections, providers or phone";
            grants.map_err(|_| ("invalid_value", expected.to_owned()))
        });
        let (token, new_password) = v.finish_with(token.zip(new_password))?;
        Ok(Reset { token: one_time_token(&token)?, new_password, end: end.unwrap_or_default() })
    }
}

/// 400 for a mailed token. Does not reveal whether it is wrong, used or expired.
pub fn invalid_token() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidToken,
        "this link is invalid, has already been used or has expired",
    )
}

/// Checks a new password: 422 `weak_password`, or `validation_failed` if it contains NUL, like
/// every other text.
pub fn acceptable(
    text: &str,
    field: &'static str,
    email: &EmailAddress,
    product: &str,
) -> ApiResult<Password> {
    let fault =
        |code, message: String| ApiError::validation(vec![FieldError::new(field, code, message)]);
    let password = Password::accept(text, Some(email), product).map_err(|weakness| {
        let code = match weakness {
            WeakPassword::TooShort => "too_short",
            WeakPassword::TooLong => "too_long",
            WeakPassword::Common => "common",
            WeakPassword::Guessable => "guessable",
        };
        ApiError { code: ErrorCode::WeakPassword, ..fault(code, weakness.to_string()) }
    })?;
    check_text(text, Password::MAX_CHARS).map_err(|(code, message)| fault(code, message))?;
    Ok(password)
}

/// Parses a one-line name: 1 to 100 characters, without control characters.
pub fn display_name(text: String) -> Result<String, Fault> {
    let text = text.trim().to_owned();
    check_text(&text, 100)?;
    if text.is_empty() {
        return Err(("too_short", "must not be empty".into()));
    }
    if text.chars().any(char::is_control) {
        return Err(("invalid_format", "must not contain control characters".into()));
    }
    Ok(text)
}

fn email(text: String) -> Result<EmailAddress, Fault> {
    text.parse().map_err(|error| ("invalid_format", format!("{error}")))
}

fn one_time_token(text: &str) -> ApiResult<OneTimeToken> {
    text.parse().map_err(|()| invalid_token())
}
