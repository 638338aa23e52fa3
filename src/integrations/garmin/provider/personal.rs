//! The Personal API: users create a key in the settings of their Garmin account. The key is
//! exchanged for a token that is valid for a day.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::{Cursor, GarminFailure, Page, Provider, Summary, Tokens, calls::Calls, token::token};
use crate::{
    db::clock,
    integrations::fields::{Fields, list},
    recordings::Totals,
};

/// Activities per page. Garmin answers with 500 if more than about 45 are requested.
const PAGE: u32 = 40;

/// Maximum number of activities that are read from a page.
const MOST: usize = 1000;

/// Limits in case Garmin returns the same page again and again: activities of one day, and the year
/// before which there are none.
const MOST_OF_A_DAY: u32 = 1000;
const EARLIEST_YEAR: i32 = 1990;

const TOKEN_HOURS: i64 = 24;

/// Access with a key of the Personal API.
pub struct Personal {
    pub calls: Calls,
    /// Without a trailing slash.
    pub base_url: String,
}

impl Provider for Personal {
    /// The API cannot be asked for what has changed.
    const WINDOW_DAYS: u64 = 30;

    async fn renew(&self, credential: SecretString) -> Result<Tokens, GarminFailure> {
        let path = "personalapitoken-service/personal-api/personal-api-key/token";
        let authorization = format!("ApiKey {}", credential.expose_secret()).into();
        let body = self.calls.post(&format!("{}/{path}", self.base_url), &authorization).await?;
        let text = str::from_utf8(&body).unwrap_or_default().trim();
        let access = token(&serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()))?;
        let expires_at = clock::now() + TimeDelta::hours(TOKEN_HOURS);
        Ok(Tokens { access, expires_at, credential })
    }

    async fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> Result<Page, GarminFailure> {
        let Cursor { before, offset } = cursor;
        let since = since.map(|since| format!("&startDate={since}")).unwrap_or_default();
        let url = format!(
            "{}/activitylist-service/activities/search/activities?start={offset}&limit={PAGE}{since}&endDate={before}",
            self.base_url
        );
        let body = self.calls.get(&url, access).await?;
        let json = str::from_utf8(&body).ok().and_then(|json| list(json, MOST));
        let all = json.ok_or_else(|| GarminFailure::Garbage("no list of activities".to_owned()))?;
        // An activity that cannot be read does not hold up the others.
        let read: Vec<_> = all.iter().filter_map(|one| Listed::read(one.get())).collect();
        if read.len() < all.len() {
            let odd = all.len() - read.len();
            tracing::warn!(garmin.unreadable = odd, "cannot read activities from Garmin");
        }
        let oldest = read.iter().filter_map(|listed| listed.day).min();
        let next = match oldest {
            _ if all.len() < PAGE as usize => None,
            // New activities shift all others, so a day is a safer position than an offset.
            Some(day) if day < before => Some(Cursor { before: day, offset: 0 }),
            _ => beside(cursor),
        };
        let activities = read.into_iter().filter_map(|listed| listed.summary).collect();
        Ok(Page { activities, next })
    }

    async fn file(
        &self,
        access: &SecretString,
        at: &str,
    ) -> Result<Option<Vec<u8>>, GarminFailure> {
        let url = format!("{}/download-service/files/activity/{at}", self.base_url);
        self.calls.file(&url, access).await
    }

    /// The Personal API has no webhooks.
    async fn announced(&self, _: &SecretString, _: &str) -> Result<Vec<Summary>, GarminFailure> {
        Ok(Vec::new())
    }

    /// Keys expire, and their owner can delete them.
    async fn leave(&self, _: &SecretString) -> Result<(), GarminFailure> {
        Ok(())
    }
}

/// The next page of the same day. If a day never ends, Garmin is at fault, and a month is skipped.
fn beside(Cursor { before, offset }: Cursor) -> Option<Cursor> {
    let offset = offset.saturating_add(PAGE);
    if offset < MOST_OF_A_DAY {
        return Some(Cursor { before, offset });
    }
    let before = before.checked_sub_months(Months::new(1))?;
    (before.year() >= EARLIEST_YEAR).then_some(Cursor { before, offset: 0 })
}

/// An activity as it is listed.
struct Listed {
    day: Option<NaiveDate>,
    /// `None` without a start, and for a part of another activity, whose file contains all parts.
    summary: Option<Summary>,
}

impl Listed {
    /// `None` without an id. Almost every other field may be null or invalid.
    fn read(json: &str) -> Option<Self> {
        let fields = Fields::read(json)?;
        let id = fields.whole("activityId")?.to_string();
        let at = |name| fields.text(name).and_then(|text| time(&text));
        let (start, local) = (at("startTimeGMT"), at("startTimeLocal"));
        let kind = fields.object("activityType");
        // Devices without a sensor report zero.
        let heart_rate = |name| fields.number(name).filter(|rate| *rate > 0.0);
        let is_part = fields.has("parentId");
        let summary = start.filter(|_| !is_part).map(|start| Summary {
            id,
            title: fields.text("activityName"),
            sport: kind.as_ref().and_then(|kind| kind.text("typeKey")),
            parent_sport: kind.as_ref().and_then(|kind| parent_sport(kind.whole("parentTypeId")?)),
            started_at: start.and_utc(),
            utc_offset_minutes: local.and_then(|local| minutes((local - start).num_minutes())),
            device: None,
            totals: Totals {
                timer_secs: fields.number("duration"),
                elapsed_secs: fields.number("elapsedDuration"),
                moving_secs: fields.number("movingDuration"),
                distance_meters: fields.number("distance"),
                calories: fields.number("calories"),
                elevation_gain_meters: fields.number("elevationGain"),
                elevation_loss_meters: fields.number("elevationLoss"),
                avg_heart_rate: heart_rate("averageHR"),
                max_heart_rate: heart_rate("maxHR"),
                ..Totals::default()
            },
        });
        Some(Self { day: local.or(start).map(|time| time.date()), summary })
    }
}

/// An offset in minutes, if it is at most a day.
pub fn minutes(offset: i64) -> Option<i32> {
    i32::try_from(offset).ok().filter(|offset| (-1440..=1440).contains(offset))
}

fn time(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .filter(|time| is_plausible(time.and_utc()))
}

/// Whether a time is between 1900 and two days from now.
pub fn is_plausible(time: DateTime<Utc>) -> bool {
    (-2_208_988_800..=Utc::now().timestamp() + 86_400 * 2).contains(&time.timestamp())
}

/// The general activity type with this id at Garmin.
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
