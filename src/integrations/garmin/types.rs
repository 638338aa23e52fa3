//! A connection to Garmin as its owner sees it, and the request bodies.

use chrono::{DateTime, NaiveDate, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    db::{clock, schema::garmin_connections},
    error::ApiResult,
    validation::{Fault, Patch, Validator},
};

/// How Garmin is accessed.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = GarminMode)]
pub enum Mode {
    /// With a key that the user creates in the settings of their Garmin account.
    Personal,
    /// As a partner of Garmin's developer programme: the user logs in at Garmin.
    Developer,
}

/// A connection as it is stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = garmin_connections)]
pub struct Connection {
    pub id: Uuid,
    pub mode: String,
    pub created_at: DateTime<Utc>,
    pub needs_reauth: bool,
    pub leased_until: Option<DateTime<Utc>>,
    pub paused_until: DateTime<Utc>,
    pub next_sync_at: DateTime<Utc>,
    pub history_before: Option<NaiveDate>,
    pub history_done_at: Option<DateTime<Utc>>,
    pub last_success_at: Option<DateTime<Utc>>,
    pub last_error_at: Option<DateTime<Utc>>,
    pub last_error_code: Option<String>,
    pub last_error_message: Option<String>,
}

/// Response of `GET /me/garmin`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GarminStatus)]
pub struct ConnectionStatus {
    /// The modes that this server offers.
    pub modes: Vec<Mode>,
    /// `null` if Garmin is not connected.
    #[schema(required)]
    pub connection: Option<ConnectionStanding>,
}

/// Status of a connection to Garmin.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GarminConnection)]
pub struct ConnectionStanding {
    #[schema(value_type = Mode)]
    pub mode: String,
    pub connected_at: DateTime<Utc>,
    /// Whether Garmin has to be connected again before anything more is fetched.
    pub needs_reauth: bool,
    /// Whether the connection is being synced now.
    pub is_syncing: bool,
    #[schema(required)]
    pub last_success_at: Option<DateTime<Utc>>,
    /// `null` if the last attempt succeeded.
    #[schema(required)]
    pub last_error: Option<SyncError>,
    /// When the next sync is due; `null` while `needs_reauth` is true.
    #[schema(required)]
    pub next_sync_at: Option<DateTime<Utc>>,
    pub history: History,
    /// Number of activities received so far.
    pub activities: i64,
}

/// The last error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GarminError)]
pub struct SyncError {
    /// `refused`, `denied`, `revoked`, `permission_missing`, `rate_limited`, `unavailable`,
    /// `garbage` or `internal`.
    pub code: String,
    /// A message for people.
    pub message: String,
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
}

/// How far back the log at Garmin has been read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GarminHistory)]
pub struct History {
    pub is_done: bool,
    /// Everything since this day has been read; `null` before the first page.
    #[schema(required)]
    pub read_since: Option<NaiveDate>,
}

impl ConnectionStanding {
    pub fn new(connection: Connection, activities: i64) -> Self {
        let next = connection.next_sync_at.max(connection.paused_until);
        let last_error = connection.last_error_code.map(|code| SyncError {
            code,
            message: connection.last_error_message.unwrap_or_default(),
            at: connection.last_error_at,
        });
        Self {
            mode: connection.mode,
            connected_at: connection.created_at,
            needs_reauth: connection.needs_reauth,
            is_syncing: connection.leased_until.is_some_and(|until| until > clock::now()),
            last_success_at: connection.last_success_at,
            last_error,
            next_sync_at: (!connection.needs_reauth).then_some(next),
            history: History {
                is_done: connection.history_done_at.is_some(),
                read_since: connection.history_before,
            },
            activities,
        }
    }
}

/// Body of `POST /me/garmin`.
#[derive(Deserialize, ToSchema)]
#[schema(as = GarminKey)]
pub struct ConnectBody {
    /// A key from the settings of a Garmin account. It is stored encrypted, and never shown.
    #[serde(default)]
    #[schema(value_type = String, required, format = "password")]
    api_key: Patch<String>,
}

impl ConnectBody {
    pub fn parse(self) -> ApiResult<SecretString> {
        let mut v = Validator::default();
        let key = v.required("api_key", self.api_key, |key| parse_key(&key));
        v.finish()?;
        Ok(key.unwrap_or_default())
    }
}

fn parse_key(key: &str) -> Result<SecretString, Fault> {
    let key = key.trim();
    if key.is_empty() {
        return Err(("too_short", "must not be empty".to_owned()));
    }
    if key.len() > 4096 {
        return Err(("too_long", "must have at most 4096 characters".to_owned()));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(("invalid_format", "must be the key exactly as Garmin displays it".to_owned()));
    }
    Ok(key.to_owned().into())
}

/// Body of `POST /me/garmin/authorization`.
#[derive(Deserialize, ToSchema)]
#[schema(as = GarminAuthorizationStart)]
pub struct AuthorizeBody {
    /// Where to redirect afterwards: one of the URLs that the operator allows.
    #[serde(default)]
    #[schema(value_type = String)]
    return_to: Patch<String>,
}

impl AuthorizeBody {
    pub fn parse(self) -> ApiResult<Option<String>> {
        let mut v = Validator::default();
        let return_to = v.not_null("return_to", self.return_to, Ok);
        v.finish()?;
        Ok(return_to)
    }
}
