//! The scopes of personal access tokens.

use std::str::FromStr;

use derive_more::Display;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A scope of a personal access token. An access token from a login has all scopes, and also rights
/// that no scope grants.
#[derive(
    Clone, Copy, Debug, Display, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub enum Scope {
    #[display("activities:read")]
    #[serde(rename = "activities:read")]
    ActivitiesRead,
    #[display("activities:write")]
    #[serde(rename = "activities:write")]
    ActivitiesWrite,
    #[display("profile")]
    #[serde(rename = "profile")]
    Profile,
    /// Account exports without a further proof: everything that the account contains.
    #[display("export")]
    #[serde(rename = "export")]
    Export,
}

impl FromStr for Scope {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::ActivitiesRead, Self::ActivitiesWrite, Self::Profile, Self::Export]
            .into_iter()
            .find(|scope| scope.to_string() == text)
            .ok_or("must be activities:read, activities:write, profile or export")
    }
}

/// A scope as a type, for the signatures of handlers.
pub trait ScopeOf {
    const SCOPE: Scope;
}

/// See [`Scope::ActivitiesRead`].
pub struct ReadsActivities;
/// See [`Scope::ActivitiesWrite`].
pub struct WritesActivities;
/// See [`Scope::Profile`].
pub struct ProfileScope;
/// See [`Scope::Export`].
pub struct ExportsAccount;

impl ScopeOf for ReadsActivities {
    const SCOPE: Scope = Scope::ActivitiesRead;
}

impl ScopeOf for WritesActivities {
    const SCOPE: Scope = Scope::ActivitiesWrite;
}

impl ScopeOf for ProfileScope {
    const SCOPE: Scope = Scope::Profile;
}

impl ScopeOf for ExportsAccount {
    const SCOPE: Scope = Scope::Export;
}
