//! Webhooks as their owner sees them, and request bodies.

use std::{collections::BTreeSet, str::FromStr};

use chrono::{DateTime, Utc};
use derive_more::Display;
use diesel::prelude::*;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::address::can_be_reached;
use crate::{
    db::schema::{webhook_deliveries, webhooks},
    error::ApiResult,
    validation::{Fault, Patch, Validator},
};

const MAX_URL_CHARS: usize = 2000;

/// The type of an event.
#[derive(
    Clone, Copy, Debug, Display, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub enum WebhookEvent {
    #[display("activity.created")]
    #[serde(rename = "activity.created")]
    Created,
    #[display("activity.updated")]
    #[serde(rename = "activity.updated")]
    Updated,
    #[display("activity.deleted")]
    #[serde(rename = "activity.deleted")]
    Deleted,
    /// An import is done or has failed.
    #[display("import.finished")]
    #[serde(rename = "import.finished")]
    ImportFinished,
    /// Garmin refuses the key or the tokens: the owner has to connect again.
    #[display("connection.needs_reauth")]
    #[serde(rename = "connection.needs_reauth")]
    ConnectionNeedsReauth,
    /// A goal was reached, once in each of its periods.
    #[display("goal.reached")]
    #[serde(rename = "goal.reached")]
    GoalReached,
    /// An activity of the last seven days is better than all others, once for each value.
    #[display("record.set")]
    #[serde(rename = "record.set")]
    RecordSet,
}

impl WebhookEvent {
    const ALL: [Self; 7] = [
        Self::Created,
        Self::Updated,
        Self::Deleted,
        Self::ImportFinished,
        Self::ConnectionNeedsReauth,
        Self::GoalReached,
        Self::RecordSet,
    ];
}

impl FromStr for WebhookEvent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|event| event.to_string() == text);
        found.ok_or(
            "must be activity.created, activity.updated, activity.deleted, import.finished, \
             connection.needs_reauth, goal.reached or record.set",
        )
    }
}

/// Request body of `POST /me/webhooks`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewWebhook)]
pub struct NewWebhookBody {
    /// An `https` URL with a public address, at port 443 or above 1023. In the networks that the
    /// operator allows, `http` and any port are possible as well.
    #[serde(default)]
    #[schema(value_type = String, required, format = "uri", max_length = 2000, examples("https://hooks.example.com/log"))]
    url: Patch<String>,
    /// The events to post. All if absent.
    #[serde(default)]
    #[schema(value_type = Vec<WebhookEvent>, min_items = 1)]
    events: Patch<Vec<String>>,
}

/// Request body of `PUT /me/webhooks/{id}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = WebhookChanges)]
pub struct WebhookBody {
    #[serde(default)]
    #[schema(value_type = Vec<WebhookEvent>, min_items = 1)]
    events: Patch<Vec<String>>,
    /// `true` enables the webhook and resets `failing_since` and `skipped_since`.
    /// `false` disables it.
    #[serde(default)]
    #[schema(value_type = bool)]
    enabled: Patch<bool>,
}

/// A valid request for a webhook.
pub struct NewWebhook {
    pub url: String,
    pub events: Vec<String>,
}

/// Changes to a webhook. `None` leaves a field unchanged.
pub struct WebhookChanges {
    pub events: Option<Vec<String>>,
    pub enabled: Option<bool>,
}

/// A webhook without its secret.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = webhooks)]
pub struct Webhook {
    pub id: Uuid,
    pub url: String,
    #[schema(value_type = Vec<WebhookEvent>)]
    pub events: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// The first failure since the last successful delivery. `null` while deliveries succeed.
    #[schema(required)]
    pub failing_since: Option<DateTime<Utc>>,
    /// When the webhook was disabled, by its owner or after days of failures. `null`
    /// if it is enabled.
    #[schema(required)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the receiver returned a challenge for the first time. `null` before: no
    /// events are posted.
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    /// Why the last challenge failed. `null` if it succeeded.
    #[schema(required)]
    pub challenge_error: Option<String>,
    /// Since when events are not posted individually, because the daily budget is used up. One
    /// `activities.changed` will be posted instead of them. `null` otherwise.
    #[schema(required)]
    pub skipped_since: Option<DateTime<Utc>>,
}

/// A new webhook with its secret, which is not shown again.
#[derive(Serialize, ToSchema)]
pub struct CreatedWebhook {
    #[serde(flatten)]
    pub details: Webhook,
    /// The secret that verifies signatures (<https://www.standardwebhooks.com/>).
    #[schema(examples("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"))]
    pub secret: String,
}

/// Response body of `GET /me/webhooks`.
#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    pub webhooks: Vec<Webhook>,
}

/// The delivery of one event.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = webhook_deliveries)]
pub struct WebhookDelivery {
    /// The value of the `webhook-id` header.
    pub id: Uuid,
    /// One of the events of the webhook, or `activities.changed`.
    #[schema(examples("activity.created"))]
    pub event: String,
    pub created_at: DateTime<Utc>,
    pub attempts: i32,
    #[schema(required)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// The status of the last attempt that got a response.
    #[schema(required)]
    pub response_status: Option<i32>,
    /// Why the last attempt failed. `null` if it succeeded.
    #[schema(required)]
    pub last_error: Option<String>,
}

/// Response body of `GET /me/webhooks/{id}/deliveries`.
#[derive(Serialize, ToSchema)]
pub struct WebhookDeliveries {
    pub deliveries: Vec<WebhookDelivery>,
}

impl NewWebhookBody {
    /// `allowed` are the networks to which events may be posted although they are not public.
    pub fn parse(self, allowed: &[IpNet]) -> ApiResult<NewWebhook> {
        let mut v = Validator::default();
        let url = v.required("url", self.url, |text| url(&text, allowed));
        let all = || WebhookEvent::ALL.map(|event| event.to_string()).to_vec();
        let events = v.not_null("events", self.events, events).unwrap_or_else(all);
        Ok(NewWebhook { url: v.finish_with(url)?, events })
    }
}

impl WebhookBody {
    pub fn parse(self) -> ApiResult<WebhookChanges> {
        let mut v = Validator::default();
        let events = v.not_null("events", self.events, events);
        let enabled = v.not_null("enabled", self.enabled, Ok);
        v.finish()?;
        Ok(WebhookChanges { events, enabled })
    }
}

fn url(text: &str, allowed: &[IpNet]) -> Result<String, Fault> {
    let problem =
        || ("invalid_format", "must be an https URL without a user name or a fragment".into());
    let too_long = ("too_long", format!("must have at most {MAX_URL_CHARS} characters"));
    if text.chars().count() > MAX_URL_CHARS {
        return Err(too_long);
    }
    let url = url::Url::parse(text).map_err(|_| problem())?;
    let is_plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    if !is_plain {
        return Err(problem());
    }
    // Check again, because the URL is stored with percent-encoding.
    if url.as_str().chars().count() > MAX_URL_CHARS {
        return Err(too_long);
    }
    if !can_be_reached(&url, allowed) {
        let problem = "must be an https URL with a public address, and port 443 or above 1023";
        return Err(("unreachable", problem.into()));
    }
    Ok(url.into())
}

fn events(texts: Vec<String>) -> Result<Vec<String>, Fault> {
    let events: Result<BTreeSet<WebhookEvent>, _> = texts.iter().map(|text| text.parse()).collect();
    let events = events.map_err(|expected: &str| ("invalid_value", expected.to_owned()))?;
    if events.is_empty() {
        return Err(("too_short", "must not be empty".into()));
    }
    Ok(events.iter().map(ToString::to_string).collect())
}
