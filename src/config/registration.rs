//! Who may create an account.

use std::str::FromStr;

use derive_more::{Display, FromStr as ParsedName};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    source::Source,
    units::{Flag, Names},
};

/// Who may register without an invitation.
#[derive(Clone, Copy, Debug, Display, ParsedName, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = Registering)]
pub enum RegistrationMode {
    /// Everybody.
    Open,
    /// Nobody, but users and the operator may invite people.
    Invited,
    /// Nobody, and users may not invite people either, unless they are admins.
    Closed,
}

/// The rules of registration. Invitations of the operator are exempt from all of them.
#[derive(Clone, Debug)]
pub struct RegistrationConfig {
    pub mode: RegistrationMode,
    /// The domains that addresses must have, in lower-case ASCII. Empty for all domains.
    pub domains: Vec<String>,
    /// Whether the first login through the configured OpenID provider creates an account,
    /// regardless of the mode. `None` leaves it to the mode.
    pub oidc_auto_register: Option<bool>,
    /// How many people a user who is not an admin may invite.
    pub invites_per_user: u32,
}

impl RegistrationConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        Self {
            mode: s.or("REGISTRATION", Mode(RegistrationMode::Invited)).0,
            domains: s.or("REGISTRATION_DOMAINS", Domains(Vec::new())).0,
            oidc_auto_register: s.optional::<Flag>("OIDC_AUTO_REGISTER").map(|flag| flag.0),
            invites_per_user: s.or("INVITES_PER_USER", 0),
        }
    }

    /// Whether addresses in `domain` may register.
    pub fn allows_domain(&self, domain: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|allowed| allowed == domain)
    }
}

#[derive(Display)]
struct Mode(RegistrationMode);

impl FromStr for Mode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "must be open, invited or closed")
    }
}

/// Domain names, separated by commas.
#[derive(Display)]
#[display("{}", _0.join(","))]
struct Domains(Vec<String>);

impl FromStr for Domains {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Names(names) = text.parse()?;
        let domains = names.iter().map(|name| {
            let domain = idna::domain_to_ascii_strict(name).ok();
            domain
                .filter(|domain| domain.contains('.'))
                .ok_or_else(|| format!("{name} is not a domain such as example.com"))
        });
        domains.collect::<Result<_, _>>().map(Self)
    }
}
