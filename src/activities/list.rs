//! The parameters of `GET /activities`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ActivityType,
    body::instant,
    cursor::{Cursor, CursorKey},
    types::Filter,
};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The query string as it came.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Only these.
    #[param(pattern = "^[a-z0-9_]{1,32}$")]
    activity_type: Option<String>,
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
    pub limit: i64,
    pub start: Start,
}

impl PageRequest {
    /// Whether PostgreSQL finds the page by one place in the index and its next few entries, so
    /// that the statement may share a connection with point reads. An offset walks over what it
    /// skips, and a type is looked for among all others.
    pub fn is_bounded(&self) -> bool {
        self.filter.activity_type.is_none() && !matches!(self.start, Start::Offset(_))
    }
}

impl ListParams {
    /// 400: `invalid_parameter`, or `invalid_cursor` for one that is not ours or not for this list.
    pub fn parse(self, keys: &CursorKey<'_>) -> ApiResult<PageRequest> {
        let activity_type = self.activity_type.map(|text| text.parse::<ActivityType>()).transpose();
        let filter = Filter {
            activity_type: activity_type
                .map_err(|problem| invalid("activity_type", problem))?
                .map(Into::into),
            from: time("from", self.from)?,
            to: time("to", self.to)?,
        };
        let limit = match number("limit", self.limit)? {
            None => DEFAULT_LIMIT,
            Some(..1) => return Err(invalid("limit", "must be at least 1")),
            Some(limit) => limit.min(MAX_LIMIT),
        };
        let start = match (self.cursor, number("offset", self.offset)?) {
            (None, None) => Start::First,
            (None, Some(..0)) => return Err(invalid("offset", "must be at least 0")),
            (None, Some(offset)) => Start::Offset(offset),
            (Some(text), None) => Start::After(keys.open(&text, &filter)?),
            (Some(_), Some(_)) => return Err(invalid("offset", "cannot be used with a cursor")),
        };
        Ok(PageRequest { filter, limit, start })
    }
}

fn time(name: &'static str, text: Option<String>) -> ApiResult<Option<DateTime<Utc>>> {
    // A plus sign that was not escaped arrives as a space.
    let text = text.map(|text| text.replace(' ', "+"));
    text.map(|text| instant(&text).map_err(|(_, problem)| invalid(name, &problem))).transpose()
}

fn number(name: &'static str, text: Option<String>) -> ApiResult<Option<i64>> {
    text.map(|text| text.parse().map_err(|_| invalid(name, "must be a whole number"))).transpose()
}

fn invalid(name: &'static str, problem: &str) -> ApiError {
    let field = FieldError::new(name, "invalid_parameter", problem.to_owned());
    ApiError { code: ErrorCode::InvalidParameter, ..ApiError::validation(vec![field]) }
}
