//! The kinds of grants, and how many of each are left.

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
    /// Links that show pictures.
    Shares,
    Webhooks,
    /// Personal access tokens. They are sessions, and end with them.
    Tokens,
    /// The connection to Garmin.
    Connections,
    /// Linked identity providers.
    Providers,
    /// The phone number.
    Phone,
}

/// How many grants of each kind are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName, Serialize, ToSchema)]
pub struct StillOpen {
    #[diesel(sql_type = BigInt)]
    pub shares: i64,
    #[diesel(sql_type = BigInt)]
    pub webhooks: i64,
    /// To Garmin.
    #[diesel(sql_type = BigInt)]
    pub connections: i64,
    #[diesel(sql_type = BigInt)]
    pub providers: i64,
    /// A number that codes to log in are sent to.
    #[diesel(sql_type = BigInt)]
    pub phone: i64,
}

impl StillOpen {
    /// For people: `2 shared pictures, 1 webhook`; empty when nothing is left.
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
