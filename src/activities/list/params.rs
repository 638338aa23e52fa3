//! Query parameters of `GET /activities`.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Cursor, CursorKey, Filter, Sort, numbers::number, sort::SortBy};
use crate::{
    activities::include::Include,
    error::{ApiError, ApiResult},
};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The page parameters of a list, as received.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// The field to sort by; a minus before it sorts in descending order.
    #[param(value_type = Option<Sort>, inline)]
    sort: Option<String>,
    /// Maximum number of activities; values above 100 count as 100.
    #[param(value_type = Option<i64>, minimum = 1, default = 20)]
    limit: Option<String>,
    /// `next_cursor` of the previous page; the filters must stay the same.
    cursor: Option<String>,
    /// Additional fields, comma-separated: `laps`, `sets`, `device_data`. A page then has at most
    /// 1 MiB of them, and fewer activities if they are large.
    #[param(
        pattern = "^(laps|sets|device_data)(,(laps|sets|device_data))*$",
        example = "laps,sets"
    )]
    include: Option<String>,
    /// Number of activities to skip, instead of a cursor. Slower the larger it is.
    #[param(value_type = Option<i64>, minimum = 0)]
    offset: Option<String>,
}

/// Where a page starts.
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
    pub include: Include,
}

impl PageRequest {
    /// Whether PostgreSQL finds the page with one lookup in the index and its next few entries, so
    /// that the query may share a connection with point reads. An offset walks over all skipped
    /// rows, and a type is searched for among all others.
    pub fn is_bounded(&self) -> bool {
        self.filter.is_of_time()
            && !self.include.is_any()
            && self.sort.by == SortBy::StartedAt
            && !matches!(self.start, Start::Offset(_))
    }
}

impl PageParams {
    /// 400 `invalid_parameter`, or `invalid_cursor` for a cursor that is not of
    /// this server or this list.
    pub fn parse(self, filter: Filter, keys: &CursorKey<'_>) -> ApiResult<PageRequest> {
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
        let include = Include::parse(self.include.as_deref())?;
        Ok(PageRequest { filter, sort, limit, start, include })
    }
}
