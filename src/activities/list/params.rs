//! The parameters of `GET /activities`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Cursor, CursorKey, Filter, Sort, sort::SortBy};
use crate::{
    activities::{ActivityType, body::instant},
    error::{ApiError, ApiResult},
    http::check_text,
};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

const MAX_WORDS_CHARS: usize = 200;

/// The query string as it came.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Only these, with commas between them.
    #[param(pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$", example = "run,trail_run")]
    activity_type: Option<String>,
    /// Words of the title and the notes: all of them, in any order; `"along the river"` in this one, `river or
    /// lake`, and `-rain` for those without.
    #[param(max_length = 200, example = "river")]
    q: Option<String>,
    #[param(value_type = Option<f64>, minimum = 0)]
    min_distance_meters: Option<String>,
    #[param(value_type = Option<f64>, minimum = 0)]
    max_distance_meters: Option<String>,
    #[param(value_type = Option<i64>, minimum = 0)]
    min_duration_secs: Option<String>,
    #[param(value_type = Option<i64>, minimum = 0)]
    max_duration_secs: Option<String>,
    /// `started_at`, `distance_meters` or `duration_secs`, with a minus before it for the greatest first.
    #[param(default = "-started_at")]
    sort: Option<String>,
    /// Started at or after this.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Started at or before this.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Above 100 means 100.
    #[param(value_type = Option<i64>, minimum = 1, default = 20)]
    limit: Option<String>,
    /// `next_cursor` of the page before; the filters must stay the same.
    cursor: Option<String>,
    /// Instead of a cursor; slower the further it goes.
    #[param(value_type = Option<i64>, minimum = 0)]
    offset: Option<String>,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub enum Start {
    First,
    After(Cursor),
    Offset(i64),
}

/// A valid request for a page.
pub struct PageRequest {
    pub filter: Filter,
    pub sort: Sort,
    pub limit: i64,
    pub start: Start,
}

impl PageRequest {
    /// Whether PostgreSQL finds the page by one place in the index and its next few entries, so
    /// that the statement may share a connection with point reads. An offset walks over what it
    /// skips, and a type is looked for among all others.
    pub fn is_bounded(&self) -> bool {
        self.filter.is_of_time()
            && self.sort.by == SortBy::StartedAt
            && !matches!(self.start, Start::Offset(_))
    }
}

impl ListParams {
    /// 400: `invalid_parameter`, or `invalid_cursor` for one that is not ours or not for this list.
    pub fn parse(self, keys: &CursorKey<'_>) -> ApiResult<PageRequest> {
        let types = self.activity_type.as_deref().map(ActivityType::several).transpose();
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
        };
        in_order("to", "from", filter.from, filter.to)?;
        let (least, most) = (filter.min_distance_meters, filter.max_distance_meters);
        in_order("max_distance_meters", "min_distance_meters", least, most)?;
        let (least, most) = (filter.min_duration_secs, filter.max_duration_secs);
        in_order("max_duration_secs", "min_duration_secs", least, most)?;
        let sort = self.sort.as_deref().map(str::parse).transpose();
        let sort: Sort = sort
            .map_err(|problem| ApiError::invalid_parameter("sort", problem))?
            .unwrap_or_default();
        let limit = match number("limit", self.limit)? {
            None => DEFAULT_LIMIT,
            Some(..1) => return Err(ApiError::invalid_parameter("limit", "must be at least 1")),
            Some(limit) => limit.min(MAX_LIMIT),
        };
        let start = match (self.cursor, number("offset", self.offset)?) {
            (None, None) => Start::First,
            (None, Some(..0)) => {
                return Err(ApiError::invalid_parameter("offset", "must be at least 0"));
            }
            (None, Some(offset)) => Start::Offset(offset),
            (Some(text), None) => Start::After(keys.open(&text, &filter, sort)?),
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid_parameter("offset", "cannot be used with a cursor"));
            }
        };
        Ok(PageRequest { filter, sort, limit, start })
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

/// 400 for a range that nothing can be in. Both of its ends are in it.
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

/// An empty one asks for nothing.
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
        // Beyond what an activity can last, one number is as good as another.
        number => Ok(number.map(|secs| i32::try_from(secs).unwrap_or(i32::MAX))),
    }
}

fn number(name: &'static str, text: Option<String>) -> ApiResult<Option<i64>> {
    text.map(|text| {
        text.parse().map_err(|_| ApiError::invalid_parameter(name, "must be a whole number"))
    })
    .transpose()
}
