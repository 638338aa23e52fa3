//! Filters of lists and exports.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::numbers::number;
use crate::{
    activities::{ActivityType, Source, body::instant},
    error::{ApiError, ApiResult},
    validation::check_text,
};

const MAX_WORDS_CHARS: usize = 200;
const MAX_NAME_CHARS: usize = 200;

/// The filter parameters of lists and exports, as received.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterParams {
    /// Only these activity types, comma-separated.
    #[param(pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$", example = "run,trail_run")]
    activity_type: Option<String>,
    /// Search terms for title and notes. All terms must match, in any order: `"along the river"`
    /// matches the phrase, `river or lake` either word, and `-rain` excludes a word.
    #[param(max_length = 200, example = "river")]
    q: Option<String>,
    /// At least this distance.
    #[param(value_type = Option<f64>, minimum = 0)]
    min_distance_meters: Option<String>,
    /// At most this distance.
    #[param(value_type = Option<f64>, minimum = 0)]
    max_distance_meters: Option<String>,
    /// At least this duration.
    #[param(value_type = Option<i64>, minimum = 0)]
    min_duration_secs: Option<String>,
    /// At most this duration.
    #[param(value_type = Option<i64>, minimum = 0)]
    max_duration_secs: Option<String>,
    /// Started at or after this time.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Started at or before this time.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Only these sources, comma-separated.
    #[param(
        pattern = "^[a-z0-9][a-z0-9_.-]{0,31}(,[a-z0-9][a-z0-9_.-]{0,31})*$",
        example = "my-app"
    )]
    source: Option<String>,
    /// Id of the activity in its source. A merged record is found as the activity that is shown.
    #[param(max_length = 200, example = "11868304219")]
    external_id: Option<String>,
}

/// A valid filter; all of its conditions must hold. A cursor is valid for one filter only.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filter {
    /// Any of these types; empty for all.
    pub types: Vec<String>,
    /// Both bounds are inclusive, as in all ranges.
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub min_distance_meters: Option<f64>,
    pub max_distance_meters: Option<f64>,
    pub min_duration_secs: Option<i32>,
    pub max_duration_secs: Option<i32>,
    /// Search terms for title and notes, as in a search engine.
    pub words: Option<String>,
    // Omitted if they select nothing, so that cursors of earlier versions stay valid.
    /// Any of these sources; empty for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Selects the activity with this id in one of the sources, or the one that it is merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl Filter {
    /// Whether it restricts only the time.
    pub fn is_of_time(&self) -> bool {
        let Self {
            types,
            from: _,
            to: _,
            min_distance_meters,
            max_distance_meters,
            min_duration_secs,
            max_duration_secs,
            words,
            sources,
            external_id,
        } = self;
        let lengths = [min_duration_secs.is_some(), max_duration_secs.is_some()];
        let distances = [min_distance_meters.is_some(), max_distance_meters.is_some()];
        types.is_empty()
            && sources.is_empty()
            && external_id.is_none()
            && words.is_none()
            && !lengths.contains(&true)
            && !distances.contains(&true)
    }
}

impl FilterParams {
    /// 400 `invalid_parameter` naming the invalid parameter.
    pub fn parse(self) -> ApiResult<Filter> {
        let types = self.activity_type.as_deref().map(ActivityType::several).transpose();
        let sources = self.source.as_deref().map(Source::several).transpose();
        let filter = Filter {
            types: types
                .map_err(|problem| ApiError::invalid_parameter("activity_type", problem))?
                .unwrap_or_default(),
            from: time("from", self.from)?,
            to: time("to", self.to)?,
            min_distance_meters: meters("min_distance_meters", self.min_distance_meters)?,
            max_distance_meters: meters("max_distance_meters", self.max_distance_meters)?,
            min_duration_secs: seconds("min_duration_secs", self.min_duration_secs)?,
            max_duration_secs: seconds("max_duration_secs", self.max_duration_secs)?,
            words: words(self.q)?,
            sources: sources
                .map_err(|problem| ApiError::invalid_parameter("source", problem))?
                .unwrap_or_default(),
            external_id: self.external_id,
        };
        if let Some(name) = &filter.external_id {
            check_text(name, MAX_NAME_CHARS)
                .map_err(|(_, problem)| ApiError::invalid_parameter("external_id", problem))?;
        }
        in_order("to", "from", filter.from, filter.to)?;
        let (least, most) = (filter.min_distance_meters, filter.max_distance_meters);
        in_order("max_distance_meters", "min_distance_meters", least, most)?;
        let (least, most) = (filter.min_duration_secs, filter.max_duration_secs);
        in_order("max_duration_secs", "min_duration_secs", least, most)?;
        Ok(filter)
    }
}

fn time(name: &'static str, text: Option<String>) -> ApiResult<Option<DateTime<Utc>>> {
    // A plus sign that was not escaped arrives as a space.
    let text = text.map(|text| text.replace(' ', "+"));
    text.map(|text| {
        instant(&text).map_err(|(_, problem)| ApiError::invalid_parameter(name, problem))
    })
    .transpose()
}

/// 400 for a range that is empty. Both bounds are inclusive.
fn in_order<T: PartialOrd>(
    name: &'static str,
    other: &str,
    least: Option<T>,
    most: Option<T>,
) -> ApiResult<()> {
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        return Err(ApiError::invalid_parameter(name, format!("must not be less than {other}")));
    }
    Ok(())
}

/// A blank text does not filter.
fn words(text: Option<String>) -> ApiResult<Option<String>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    check_text(&text, MAX_WORDS_CHARS)
        .map_err(|(_, problem)| ApiError::invalid_parameter("q", problem))?;
    Ok(Some(text))
}

fn meters(name: &'static str, text: Option<String>) -> ApiResult<Option<f64>> {
    let parse = |text: String| text.parse().ok().filter(|meters| (0.0..=f64::MAX).contains(meters));
    let problem = || ApiError::invalid_parameter(name, "must be a number, and at least 0");
    text.map(|text| parse(text).ok_or_else(problem)).transpose()
}

fn seconds(name: &'static str, text: Option<String>) -> ApiResult<Option<i32>> {
    match number(name, text)? {
        Some(..0) => Err(ApiError::invalid_parameter(name, "must be at least 0")),
        // No activity lasts that long, so a larger number is as good as the largest.
        number => Ok(number.map(|secs| i32::try_from(secs).unwrap_or(i32::MAX))),
    }
}
