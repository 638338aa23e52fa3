//! An account as its owner sees it, and what the owner may change.

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::TimeZone;
use crate::{
    auth::local::display_name,
    db::schema::{profiles, users},
    error::ApiResult,
    http::{Patch, Validator},
};

/// The answer of `GET /me`.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users)]
pub struct Me {
    id: Uuid,
    #[schema(required)]
    email: Option<String>,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    profile: Profile,
}

/// What an account shows of itself.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = profiles)]
pub struct Profile {
    #[schema(required)]
    display_name: Option<String>,
    #[schema(value_type = Units)]
    preferred_units: String,
    /// The zone whose days, weeks and months are the user's.
    #[schema(examples("Europe/Rome"))]
    time_zone: String,
    #[schema(required)]
    phone_number: Option<String>,
    phone_verified: bool,
    #[schema(value_type = Map<String, Value>)]
    preferences: Value,
    updated_at: DateTime<Utc>,
}

/// `PUT /me/profile`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProfileChanges)]
pub struct ProfileBody {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$", examples("Ann"))]
    display_name: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<Units>)]
    preferred_units: Patch<String>,
    /// A name of the IANA time zone database.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("Europe/Rome"))]
    time_zone: Patch<String>,
}

/// Changes to a profile; `None` leaves a field as it is, `Some(None)` clears it.
pub struct ProfileChanges {
    pub display_name: Option<Option<String>>,
    pub preferred_units: Option<Units>,
    pub time_zone: Option<TimeZone>,
}

/// The units a client shows distances in; the API itself is metric.
#[derive(Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
pub enum Units {
    #[default]
    Metric,
    Imperial,
}

impl ProfileBody {
    pub fn parse(self) -> ApiResult<ProfileChanges> {
        let mut v = Validator::default();
        let display_name = v.nullable("display_name", self.display_name, display_name);
        let preferred_units = v.nullable("preferred_units", self.preferred_units, |text| {
            text.parse::<Units>()
                .map_err(|_| ("invalid_value", "must be metric or imperial".into()))
        });
        let time_zone = v.nullable("time_zone", self.time_zone, |text| {
            text.parse::<TimeZone>().map_err(|problem| ("invalid_value", problem.to_owned()))
        });
        v.finish()?;
        Ok(ProfileChanges {
            display_name: display_name.into_nullable(),
            // Cleared means back to the default: the column always has a value.
            preferred_units: preferred_units.into_nullable().map(Option::unwrap_or_default),
            time_zone: time_zone.into_nullable().map(Option::unwrap_or_default),
        })
    }
}
