//! The account as its owner sees it, and the changes that the owner can make.

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::local::display_name,
    db::schema::{profiles, users},
    error::ApiResult,
    outbox::Undelivered,
    time_zone::TimeZone,
    validation::{Patch, Validator},
};

/// Response body of `GET /me`.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users)]
#[schema(as = Account)]
pub struct Me {
    id: Uuid,
    #[schema(required)]
    email: Option<String>,
    /// Why the last mail to `email` was not delivered. `null` while mails arrive, and
    /// for a new address.
    #[diesel(select_expression = (users::email_failure, users::email_failed_at))]
    #[schema(value_type = Option<DeliveryProblem>, required)]
    email_problem: DeliveryState,
    /// Why the last text message to `profile.phone_number` was not delivered. `null` while messages
    /// arrive, and for a new number.
    #[diesel(select_expression = (profiles::phone_failure, profiles::phone_failed_at))]
    #[schema(value_type = Option<DeliveryProblem>, required)]
    phone_problem: DeliveryState,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    profile: Profile,
}

/// The delivery status of an address, as stored.
#[derive(Queryable)]
pub struct DeliveryState {
    failure: Option<String>,
    since: Option<DateTime<Utc>>,
}

/// Why messages do not reach an address or a phone number.
#[derive(Serialize, ToSchema)]
struct DeliveryProblem {
    /// Machine-readable reason. New values may be added.
    #[schema(value_type = Undelivered)]
    code: String,
    /// Human-readable reason.
    #[schema(examples("The mail server says that this mailbox does not exist."))]
    message: &'static str,
    /// When the first message of the current series of failures failed.
    since: DateTime<Utc>,
}

impl Me {
    pub fn time_zone(&self) -> &str {
        &self.profile.time_zone
    }
}

/// The profile of an account.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = profiles)]
pub struct Profile {
    #[schema(required)]
    display_name: Option<String>,
    #[schema(value_type = Units)]
    preferred_units: String,
    /// The time zone that determines the user's days, weeks and months.
    #[schema(examples("Europe/Rome"))]
    time_zone: String,
    #[schema(required)]
    phone_number: Option<String>,
    phone_verified: bool,
    #[schema(value_type = Map<String, Value>)]
    preferences: Value,
    updated_at: DateTime<Utc>,
}

/// Request body of `PUT /me/profile`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProfileChanges)]
pub struct ProfileBody {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$", examples("Ann"))]
    display_name: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<Units>)]
    preferred_units: Patch<String>,
    /// A name in the IANA time zone database.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("Europe/Rome"))]
    time_zone: Patch<String>,
}

/// Changes to a profile. `None` leaves a field unchanged. `display_name:
/// Some(None)` clears the name.
pub struct ProfileChanges {
    pub display_name: Option<Option<String>>,
    pub preferred_units: Option<Units>,
    pub time_zone: Option<TimeZone>,
}

/// The units in which a client shows distances. The API itself is metric.
#[derive(Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
#[schema(as = UnitSystem)]
pub enum Units {
    #[default]
    Metric,
    Imperial,
}

impl Serialize for DeliveryState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problem = self.failure.as_deref().zip(self.since).map(|(failure, since)| {
            // A reason that this version does not know is reported as a refusal.
            let reason: Undelivered = failure.parse().unwrap_or(Undelivered::Refused);
            DeliveryProblem { code: reason.to_string(), message: reason.sentence(), since }
        });
        problem.serialize(serializer)
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
        let time_zone = v.nullable("time_zone", self.time_zone, |text| {
            text.parse::<TimeZone>().map_err(|problem| ("invalid_value", problem.to_owned()))
        });
        v.finish()?;
        Ok(ProfileChanges {
            display_name: display_name.into_nullable(),
            // These columns are NOT NULL, so clearing them restores the default.
            preferred_units: preferred_units.into_nullable().map(Option::unwrap_or_default),
            time_zone: time_zone.into_nullable().map(Option::unwrap_or_default),
        })
    }
}
