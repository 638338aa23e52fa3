//! The developer programme: OAuth 2.0 with PKCE. Activities arrive by webhook, on request and
//! whenever there are new ones.

use chrono::{DateTime, Days, NaiveDate, Utc};
use oauth2::AuthType;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    Cursor, GarminFailure, Page, Provider, Summary, Tokens,
    calls::Calls,
    exchange::exchange,
    personal::{is_plausible, minutes},
};
use crate::{
    config::GarminDeveloperConfig,
    error::ApiResult,
    integrations::fields::{Fields, list},
    providers::{Endpoints, Grant, Outbound},
    recordings::Totals,
};

/// The longest period that can be requested at once.
const LONGEST_SPAN: Days = Days::new(30);

/// How far back activities are requested.
const HISTORY: Days = Days::new(10 * 366);

/// Maximum number of activities that are read from one URL.
const MOST: usize = 10_000;

/// The URL that Garmin redirects users to.
pub fn redirect_uri(base_url: &str) -> String {
    format!("{base_url}/integrations/garmin/callback")
}

/// Access through the developer programme.
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

    /// The id by which webhooks refer to the owner of a token.
    pub async fn user_id(&self, access: &SecretString) -> Result<String, GarminFailure> {
        let url = format!("{}/wellness-api/rest/user/id", self.config.api_url);
        let body = self.calls.get(&url, access).await?;
        let fields = str::from_utf8(&body).ok().and_then(Fields::read);
        let id = fields.and_then(|fields| fields.text("userId"));
        id.filter(|id| is_id(id)).ok_or_else(|| GarminFailure::Garbage("no id".to_owned()))
    }

    /// Exchanges the authorization code of an attempt for tokens.
    pub async fn redeem(&self, code: &str, verifier: &str) -> Result<Tokens, GarminFailure> {
        let params = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", &*self.redirect_uri),
        ];
        exchange(self.outbound, self.config, &params, None).await
    }

    /// Whether `url` belongs to Garmin's API. No other server gets requests or tokens.
    fn is_own(&self, url: &str) -> bool {
        let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
        let own = origin(&self.config.api_url);
        let is_own = own.is_some() && origin(url) == own;
        if !is_own {
            tracing::warn!("a webhook request contains a URL outside Garmin's API");
        }
        is_own
    }
}

impl Provider for Developer<'_> {
    /// Requests again what webhooks may have missed.
    const WINDOW_DAYS: u64 = 1;

    /// The refresh token rotates: the one that was used is no longer valid.
    async fn renew(&self, credential: SecretString) -> Result<Tokens, GarminFailure> {
        let refresh = credential.clone();
        let params = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())];
        exchange(self.outbound, self.config, &params, Some(credential)).await
    }

    /// Requests a month of activities, which then arrive by webhook.
    async fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> Result<Page, GarminFailure> {
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

    async fn file(
        &self,
        access: &SecretString,
        at: &str,
    ) -> Result<Option<Vec<u8>>, GarminFailure> {
        if self.is_own(at) { self.calls.file(at, access).await } else { Ok(None) }
    }

    async fn announced(
        &self,
        access: &SecretString,
        url: &str,
    ) -> Result<Vec<Summary>, GarminFailure> {
        if !self.is_own(url) {
            return Ok(Vec::new());
        }
        let body = self.calls.get(url, access).await?;
        let listed = str::from_utf8(&body).ok().and_then(|json| list(json, MOST));
        let listed =
            listed.ok_or_else(|| GarminFailure::Garbage("no list of activities".to_owned()))?;
        let read: Vec<_> =
            listed.iter().filter_map(|listed| pushed(&Fields::read(listed.get())?)).collect();
        if read.len() < listed.len() {
            let odd = listed.len() - read.len();
            tracing::warn!(garmin.unreadable = odd, "cannot read activities from Garmin");
        }
        Ok(read)
    }

    async fn leave(&self, access: &SecretString) -> Result<(), GarminFailure> {
        let url = format!("{}/wellness-api/rest/user/registration", self.config.api_url);
        self.calls.delete(&url, access).await
    }
}

/// Whether Garmin can use `id` as an id.
fn is_id(id: &str) -> bool {
    (1..=200).contains(&id.len()) && !id.contains('\0')
}

/// An activity as webhooks push it; `None` without an id or a start.
pub fn pushed(fields: &Fields<'_>) -> Option<Summary> {
    let id = fields.whole("activityId").map(|id| id.to_string());
    let id = id.or_else(|| fields.text("summaryId")).filter(|id| is_id(id))?;
    let started_at = DateTime::from_timestamp_secs(fields.whole("startTimeInSeconds")?)?;
    if !is_plausible(started_at) {
        return None;
    }
    let heart_rate = |name| fields.number(name).filter(|rate| *rate > 0.0);
    Some(Summary {
        id,
        title: fields.text("activityName"),
        sport: fields.text("activityType"),
        parent_sport: None,
        started_at,
        utc_offset_minutes: fields
            .whole("startTimeOffsetInSeconds")
            .and_then(|offset| minutes(offset / 60)),
        device: fields.text("deviceName"),
        totals: Totals {
            timer_secs: fields.number("durationInSeconds"),
            distance_meters: fields.number("distanceInMeters"),
            calories: fields.number("activeKilocalories"),
            elevation_gain_meters: fields.number("totalElevationGainInMeters"),
            avg_heart_rate: heart_rate("averageHeartRateInBeatsPerMinute"),
            max_heart_rate: heart_rate("maxHeartRateInBeatsPerMinute"),
            ..Totals::default()
        },
    })
}
