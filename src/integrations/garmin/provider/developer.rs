//! The developer programme: OAuth 2.0 with PKCE, and data that comes by webhooks when it is asked for, and
//! whenever there is some.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use oauth2::AuthType;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Cursor, Page, Provider, Summary, Tokens, Trouble,
    calls::Calls,
    personal::{is_plausible, minutes},
};
use crate::{
    auth::oauth::{Endpoints, Grant, Outbound, ProviderTokens},
    config::GarminDeveloperConfig,
    error::{ApiError, ApiResult, ErrorCode},
    recordings::Totals,
};

/// The longest time that can be asked for at once.
const LONGEST_SPAN: Days = Days::new(30);

/// How far back is asked for.
const HISTORY: Days = Days::new(10 * 366);

/// An access token without a lifetime has this one.
const TOKEN_HOURS: i64 = 24;

/// Where Garmin sends people back to.
pub fn redirect_uri(base_url: &str) -> String {
    format!("{base_url}/integrations/garmin/callback")
}

/// See the module.
pub struct Developer<'a> {
    pub calls: Calls,
    pub outbound: &'a Outbound,
    pub config: &'a GarminDeveloperConfig,
    pub redirect_uri: String,
}

impl Developer<'_> {
    pub fn grant(&self) -> ApiResult<Grant> {
        let endpoints = Endpoints {
            authorization: self.config.authorization_url.clone(),
            token: self.config.token_url.clone(),
            auth_type: AuthType::RequestBody,
            redirect_uri: self.redirect_uri.clone(),
        };
        Grant::new(&self.config.credentials, endpoints)
    }

    /// What webhooks call the owner of a token.
    pub async fn user_id(&self, access: &SecretString) -> Result<String, Trouble> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            user_id: String,
        }
        let url = format!("{}/wellness-api/rest/user/id", self.config.api_url);
        let body = self.calls.get(&url, access).await?;
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|error| Trouble::Garbage(error.to_string()))?;
        let is_usable = !answer.user_id.is_empty() && answer.user_id.len() <= 200;
        is_usable.then_some(answer.user_id).ok_or_else(|| Trouble::Garbage("no id".to_owned()))
    }

    /// Whether `url` is one of Garmin's API: tokens are shown, and requests made, nowhere else.
    fn is_own(&self, url: &str) -> bool {
        let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
        let own = origin(&self.config.api_url);
        let is_own = own.is_some() && origin(url) == own;
        if !is_own {
            tracing::warn!("a webhook for Garmin names an address that is not Garmin's");
        }
        is_own
    }
}

/// What a grant, or a refresh, has given.
pub fn tokens(granted: ProviderTokens) -> Result<Tokens, Trouble> {
    let in_a_day = || Utc::now() + TimeDelta::hours(TOKEN_HOURS);
    let credential = granted.refresh.ok_or_else(|| Trouble::Garbage("no refresh token".into()))?;
    let expires_at = granted.expires_at.unwrap_or_else(in_a_day);
    Ok(Tokens { access: granted.access, expires_at, credential })
}

impl Provider for Developer<'_> {
    /// What webhooks have missed is asked for once more.
    const WINDOW_DAYS: u64 = 1;

    /// The refresh token rotates: the one that was used is of no use any more.
    async fn renew(&self, credential: SecretString) -> Result<Tokens, Trouble> {
        match self.grant()?.refresh(self.outbound, credential).await {
            Ok(granted) => tokens(granted),
            Err(ApiError { code: ErrorCode::InvalidCode, .. }) => Err(Trouble::Refused),
            Err(error) => Err(Trouble::Unavailable(
                error.cause.map_or_else(|| "no token".to_owned(), |cause| cause.to_string()),
            )),
        }
    }

    /// Asks for a month, which then comes by webhook.
    async fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> Result<Page, Trouble> {
        let end = cursor.before;
        let earliest = Utc::now().date_naive() - HISTORY;
        let since = since.unwrap_or(earliest).max(earliest);
        let start = (end - LONGEST_SPAN).max(since);
        let seconds = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        let url = format!(
            "{}/wellness-api/rest/backfill/activities?summaryStartTimeInSeconds={}&summaryEndTimeInSeconds={}",
            self.config.api_url,
            seconds(start),
            seconds(end)
        );
        self.calls.order(&url, access).await?;
        let next = (start > since).then_some(Cursor { before: start, offset: 0 });
        Ok(Page { activities: Vec::new(), next })
    }

    async fn file(&self, access: &SecretString, at: &str) -> Result<Option<Vec<u8>>, Trouble> {
        if self.is_own(at) { self.calls.file(at, access).await } else { Ok(None) }
    }

    async fn told(&self, access: &SecretString, url: &str) -> Result<Vec<Summary>, Trouble> {
        if !self.is_own(url) {
            return Ok(Vec::new());
        }
        let body = self.calls.get(url, access).await?;
        let told: Vec<PushedSummary> =
            serde_json::from_slice(&body).map_err(|error| Trouble::Garbage(error.to_string()))?;
        Ok(told.into_iter().filter_map(PushedSummary::summary).collect())
    }

    async fn leave(&self, access: &SecretString) -> Result<(), Trouble> {
        let url = format!("{}/wellness-api/rest/user/registration", self.config.api_url);
        self.calls.delete(&url, access).await
    }
}

/// An activity as webhooks push it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushedSummary {
    #[serde(default)]
    activity_id: Option<i64>,
    #[serde(default)]
    summary_id: Option<String>,
    #[serde(default)]
    activity_type: Option<String>,
    #[serde(default)]
    activity_name: Option<String>,
    start_time_in_seconds: i64,
    #[serde(default)]
    start_time_offset_in_seconds: Option<i64>,
    #[serde(default)]
    duration_in_seconds: Option<f64>,
    #[serde(default)]
    distance_in_meters: Option<f64>,
    #[serde(default)]
    active_kilocalories: Option<f64>,
    #[serde(default)]
    average_heart_rate_in_beats_per_minute: Option<f64>,
    #[serde(default)]
    max_heart_rate_in_beats_per_minute: Option<f64>,
    #[serde(default)]
    total_elevation_gain_in_meters: Option<f64>,
    #[serde(default)]
    device_name: Option<String>,
}

impl PushedSummary {
    /// `None` when it does not tell what it is called, or when it began.
    pub fn summary(self) -> Option<Summary> {
        let id = self.activity_id.map(|id| id.to_string()).or(self.summary_id)?;
        let started_at = DateTime::from_timestamp_secs(self.start_time_in_seconds)?;
        if !is_plausible(started_at) || id.len() > 200 || id.contains('\0') {
            return None;
        }
        let heart_rate = |rate: Option<f64>| rate.filter(|rate| *rate > 0.0);
        Some(Summary {
            id,
            title: self.activity_name,
            sport: self.activity_type,
            parent_sport: None,
            started_at,
            utc_offset_minutes: self
                .start_time_offset_in_seconds
                .and_then(|offset| minutes(offset / 60)),
            device: self.device_name,
            totals: Totals {
                timer_secs: self.duration_in_seconds,
                distance_meters: self.distance_in_meters,
                calories: self.active_kilocalories,
                elevation_gain_meters: self.total_elevation_gain_in_meters,
                avg_heart_rate: heart_rate(self.average_heart_rate_in_beats_per_minute),
                max_heart_rate: heart_rate(self.max_heart_rate_in_beats_per_minute),
                ..Totals::default()
            },
        })
    }
}
