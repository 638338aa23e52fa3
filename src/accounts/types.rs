//! An account as its owner sees it, and what the owner may change.

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    auth::{PhoneNumber, local::display_name},
    db::schema::{profiles, users},
    error::ApiResult,
    http::{Patch, Validator},
};

/// The answer of `GET /me`.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = users)]
pub struct Me {
    id: Uuid,
    email: Option<String>,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    profile: Profile,
}

/// What an account shows of itself.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = profiles)]
pub struct Profile {
    display_name: Option<String>,
    preferred_units: String,
    phone_number: Option<String>,
    phone_verified: bool,
    preferences: Value,
    updated_at: DateTime<Utc>,
}

/// `PUT /me/profile`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ProfileBody {
    display_name: Patch<String>,
    preferred_units: Patch<String>,
    phone_number: Patch<String>,
}

/// Changes to a profile; `None` leaves a field as it is, `Some(None)` clears it.
pub struct ProfileChanges {
    pub display_name: Option<Option<String>>,
    pub preferred_units: Option<Units>,
    pub phone_number: Option<Option<PhoneNumber>>,
}

/// The units a client shows distances in; the API itself is metric.
#[derive(Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
pub enum Units {
    #[default]
    Metric,
    Imperial,
}

impl Me {
    pub fn has_proven_number(&self) -> bool {
        self.profile.phone_verified
    }
}

impl ProfileBody {
    pub fn parse(self) -> ApiResult<ProfileChanges> {
        let mut v = Validator::default();
        let display_name = v.nullable("display_name", self.display_name, display_name);
        let preferred_units = v.nullable("preferred_units", self.preferred_units, |text| {
            text.parse::<Units>()
                .map_err(|_| ("invalid_value", "must be metric or imperial".into()))
        });
        let phone_number = v.nullable("phone_number", self.phone_number, |text| {
            text.parse::<PhoneNumber>().map_err(|error| ("invalid_format", format!("{error}")))
        });
        v.finish()?;
        Ok(ProfileChanges {
            display_name: display_name.into_nullable(),
            // Cleared means back to the default: the column always has a value.
            preferred_units: preferred_units.into_nullable().map(Option::unwrap_or_default),
            phone_number: phone_number.into_nullable(),
        })
    }
}
