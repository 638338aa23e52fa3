//! The login methods.

use derive_more::Display;
use utoipa::ToSchema;

/// A login method, as named in metrics, sessions and security events.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, ToSchema)]
#[display(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum LoginMethod {
    /// By password, or by the mailed link that activated it.
    Local,
    Otp,
    Google,
    Facebook,
    Oidc,
}

impl LoginMethod {
    pub const ALL: [Self; 5] = [Self::Local, Self::Otp, Self::Google, Self::Facebook, Self::Oidc];
}
