//! How somebody logged in.

use derive_more::Display;
use utoipa::ToSchema;

/// A way in, as metrics, sessions and the audit name it.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, ToSchema)]
#[display(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum LoginMethod {
    /// By password, or by the mailed link that confirmed it.
    Local,
    Otp,
    Google,
    Facebook,
    Oidc,
}

impl LoginMethod {
    pub const ALL: [Self; 5] = [Self::Local, Self::Otp, Self::Google, Self::Facebook, Self::Oidc];
}
