//! An account as its owner sees it, and what the owner may change.

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

/// The answer of `GET /me`.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users)]
pub struct Me {
    id: Uuid,
    #[schema(required)]
    email: Option<String>,
    /// Why the last mail to `email` was not delivered; `null` while mail arrives, and for a new address.
    #[diesel(select_expression = (users::email_failure, users::email_failed_at))]
    #[schema(value_type = Option<DeliveryProblem>, required)]
    email_problem: DeliveryState,
    /// The same of text messages to `profile.phone_number`.
    #[diesel(select_expression = (profiles::phone_failure, profiles::phone_failed_at))]
    #[schema(value_type = Option<DeliveryProblem>, required)]
    phone_problem: DeliveryState,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    profile: Profile,
}

/// Whether messages reach an address, as it is stored.
#[derive(Queryable)]
pub struct DeliveryState {
    failure: Option<String>,
    since: Option<DateTime<Utc>>,
}

/// Why messages do not reach an address or a number.
#[derive(Serialize, ToSchema)]
struct DeliveryProblem {
    /// For programs. There may be more of them one day.
    #[schema(value_type = Undelivered)]
    code: String,
    /// For people.
    #[schema(examples("The mail server says that this mailbox does not exist."))]
    message: &'static str,
    /// When the first of the messages failed that have not been delivered since.
    since: DateTime<Utc>,
}

impl Me {
    pub fn time_zone(&self) -> &str {
        &self.profile.time_zone
    }
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

impl Serialize for DeliveryState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problem = self.failure.as_deref().zip(self.since).map(|(failure, since)| {
            // One that only another version knows was refused all the same.
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
            // Cleared means back to the default: the column always has a value.
            preferred_units: preferred_units.into_nullable().map(Option::unwrap_or_default),
            time_zone: time_zone.into_nullable().map(Option::unwrap_or_default),
        })
    }
}
