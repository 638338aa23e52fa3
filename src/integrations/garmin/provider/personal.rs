//! The Personal API: its user makes a key in the settings of Garmin's account, which is exchanged for a token
//! of a day.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Cursor, Page, Provider, Summary, Tokens, Trouble, calls::Calls};
use crate::recordings::Totals;

/// More than about 45 activities are answered with 500.
const PAGE: u32 = 40;

const TOKEN_HOURS: i64 = 24;

/// See the module.
pub struct Personal {
    pub calls: Calls,
    /// Without a trailing slash.
    pub base_url: String,
}

impl Provider for Personal {
    /// There is no asking for what has changed.
    const WINDOW_DAYS: u64 = 30;

    async fn renew(&self, credential: SecretString) -> Result<Tokens, Trouble> {
        let path = "personalapitoken-service/personal-api/personal-api-key/token";
        let authorization = format!("ApiKey {}", credential.expose_secret()).into();
        let answer = self.calls.post(&format!("{}/{path}", self.base_url), &authorization).await;
        let body = answer.map_err(|trouble| match trouble {
            Trouble::Unauthorized => Trouble::Refused,
            other => other,
        })?;
        let token = str::from_utf8(&body).unwrap_or_default().trim().trim_matches('"');
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Trouble::Garbage("no token".to_owned()));
        }
        let expires_at = Utc::now() + TimeDelta::hours(TOKEN_HOURS);
        Ok(Tokens { access: token.to_owned().into(), expires_at, credential })
    }

    async fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> Result<Page, Trouble> {
        let Cursor { before, offset } = cursor;
        let since = since.map(|since| format!("&startDate={since}")).unwrap_or_default();
        let url = format!(
            "{}/activitylist-service/activities/search/activities?start={offset}&limit={PAGE}{since}&endDate={before}",
            self.base_url
        );
        let body = self.calls.get(&url, access).await?;
        let listed: Vec<Box<RawValue>> =
            serde_json::from_slice(&body).map_err(|error| Trouble::Garbage(error.to_string()))?;
        // One that cannot be read holds up no other.
        let read = listed.iter().filter_map(|listed| {
            serde_json::from_str::<Listed>(listed.get())
                .inspect_err(
                    |error| tracing::warn!(error.cause = %error, "an activity of Garmin's"),
                )
                .ok()
        });
        let read: Vec<Listed> = read.collect();
        let oldest = read.iter().filter_map(Listed::day).min();
        let next = match oldest {
            _ if listed.len() < PAGE as usize => None,
            // What comes meanwhile moves all others: a day is a firmer hold than a number.
            Some(day) if day < before => Some(Cursor { before: day, offset: 0 }),
            _ => Some(Cursor { before, offset: offset.saturating_add(PAGE) }),
        };
        let activities = read.into_iter().filter_map(Listed::summary).collect();
        Ok(Page { activities, next })
    }

    async fn file(&self, access: &SecretString, at: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let url = format!("{}/download-service/files/activity/{at}", self.base_url);
        self.calls.file(&url, access).await
    }

    /// There are no webhooks.
    async fn told(&self, _: &SecretString, _: &str) -> Result<Vec<Summary>, Trouble> {
        Ok(Vec::new())
    }

    /// Keys end by themselves, and their owner can delete them.
    async fn leave(&self, _: &SecretString) -> Result<(), Trouble> {
        Ok(())
    }
}

/// An activity as it is listed. Almost everything can be null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    activity_id: i64,
    activity_name: Option<String>,
    #[serde(rename = "startTimeGMT")]
    start_time_gmt: Option<String>,
    start_time_local: Option<String>,
    activity_type: Option<Kind>,
    distance: Option<f64>,
    duration: Option<f64>,
    elapsed_duration: Option<f64>,
    moving_duration: Option<f64>,
    elevation_gain: Option<f64>,
    elevation_loss: Option<f64>,
    calories: Option<f64>,
    #[serde(rename = "averageHR")]
    average_hr: Option<f64>,
    #[serde(rename = "maxHR")]
    max_hr: Option<f64>,
    /// A part of another one, whose file has all parts.
    parent_id: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    type_key: Option<String>,
    parent_type_id: Option<i64>,
}

impl Listed {
    fn day(&self) -> Option<NaiveDate> {
        time(&self.start_time_local).or(time(&self.start_time_gmt)).map(|time| time.date())
    }

    fn summary(self) -> Option<Summary> {
        let started_at = time(&self.start_time_gmt)?;
        if self.parent_id.is_some() {
            return None;
        }
        let offset = time(&self.start_time_local).map(|local| (local - started_at).num_minutes());
        let kind = self.activity_type.as_ref();
        // Zero is what devices without a sensor say.
        let heart_rate = |rate: Option<f64>| rate.filter(|rate| *rate > 0.0);
        Some(Summary {
            id: self.activity_id.to_string(),
            title: self.activity_name,
            sport: kind.and_then(|kind| kind.type_key.clone()),
            parent_sport: kind.and_then(|kind| parent_sport(kind.parent_type_id?)),
            started_at: started_at.and_utc(),
            utc_offset_minutes: offset.and_then(minutes),
            device: None,
            totals: Totals {
                timer_secs: self.duration,
                elapsed_secs: self.elapsed_duration,
                moving_secs: self.moving_duration,
                distance_meters: self.distance,
                calories: self.calories,
                elevation_gain_meters: self.elevation_gain,
                elevation_loss_meters: self.elevation_loss,
                avg_heart_rate: heart_rate(self.average_hr),
                max_heart_rate: heart_rate(self.max_hr),
                ..Totals::default()
            },
        })
    }
}

/// An offset that a place on Earth can have.
pub fn minutes(offset: i64) -> Option<i32> {
    i32::try_from(offset).ok().filter(|offset| (-1440..=1440).contains(offset))
}

fn time(text: &Option<String>) -> Option<NaiveDateTime> {
    let text = text.as_deref()?;
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .filter(|time| is_plausible(time.and_utc()))
}

/// Neither before there were watches nor in times to come.
pub fn is_plausible(time: DateTime<Utc>) -> bool {
    (-2_208_988_800..=Utc::now().timestamp() + 86_400 * 2).contains(&time.timestamp())
}

/// Garmin's numbers of the sports that others are counted among.
fn parent_sport(id: i64) -> Option<&'static str> {
    match id {
        1 => Some("run"),
        2 => Some("cycle"),
        3 => Some("hike"),
        9 => Some("walk"),
        26 => Some("swim"),
        29 => Some("cardio"),
        89 => Some("multisport"),
        _ => None,
    }
}
