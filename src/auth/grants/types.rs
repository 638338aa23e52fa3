//! The kinds of grants, and the number left of each.

use derive_more::{Display, FromStr};
use diesel::{prelude::*, sql_types::BigInt};
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of grant.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum Grant {
    /// Links to pictures.
    Shares,
    Webhooks,
    /// Personal access tokens. They are sessions, so they always end with all other sessions.
    Tokens,
    /// The connection to Garmin.
    Connections,
    /// Linked identity providers.
    Providers,
    /// The phone number.
    Phone,
}

/// The number of grants left, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName, Serialize, ToSchema)]
#[schema(as = RemainingGrants)]
pub struct StillOpen {
    #[diesel(sql_type = BigInt)]
    pub shares: i64,
    #[diesel(sql_type = BigInt)]
    pub webhooks: i64,
    /// Connections to Garmin.
    #[diesel(sql_type = BigInt)]
    pub connections: i64,
    #[diesel(sql_type = BigInt)]
    pub providers: i64,
    /// Verified phone numbers, which receive login codes.
    #[diesel(sql_type = BigInt)]
    pub phone: i64,
}

impl StillOpen {
    /// Human-readable: `2 shared pictures, 1 webhook`. Empty if nothing is left.
    pub fn in_words(&self) -> String {
        let words = [
            (self.shares, "shared picture"),
            (self.webhooks, "webhook"),
            (self.connections, "connection to Garmin"),
            (self.providers, "linked provider"),
            (self.phone, "phone number"),
        ];
        let left = words.into_iter().filter(|(count, _)| *count > 0);
        let words = left.map(|(count, what)| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
