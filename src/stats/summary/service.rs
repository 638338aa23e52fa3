//! Computes a summary.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::{
    buckets,
    current::CurrentPeriod,
    types::{PeriodBefore, Summary, SummaryParams},
};
use crate::{
    credentials::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
    stats::{
        days::{self, DayParams, Days, Group, SportParams, Totals, TotalsOfDays},
        period::range_before,
    },
};

/// Fails with 400 `invalid_parameter`, among other reasons for an unknown time zone.
pub async fn summarise(
    state: &WorkerState,
    identity: Identity,
    (days, sports): (&DayParams, &SportParams),
    params: &SummaryParams,
) -> ApiResult<Summary> {
    let range = params.range()?;
    let conn = state.pool.get().await?;
    let mut asked = days.days(&conn, identity, range).await?;
    let to = asked.to.unwrap_or_else(|| asked.zone.today());
    if let Some(period) = params.period {
        asked.from = Some(period.first_day(to, days.week_start));
    }
    if asked.from.is_some_and(|from| from > to) {
        return Err(ApiError::invalid_parameter("from", "must not be after today without `to`"));
    }
    asked.to = Some(to);
    asked.types = sports.types()?;
    let group = params.group_by.group(days.week_start);
    // The queries are pipelined on one connection.
    let (found, before) =
        tokio::try_join!(days::by(&conn, &asked, group), before(&conn, &asked, params.period))?;
    // A day is in one period but may count for several sports, so buckets of sports do not add up.
    let totals = match group {
        Group::Period(_) => {
            found.iter().fold(TotalsOfDays::default(), |all, bucket| all.and(bucket.of))
        }
        Group::ActivityType | Group::All => days::total(&conn, &asked).await?,
    };
    drop(conn);
    let from = asked.from.or(totals.first);
    let range = from.map(|from| (from, to));
    let buckets = match (group, range) {
        (Group::Period(period), Some(range)) if params.include_empty => {
            buckets::all_periods(found, period, range)?
        }
        (Group::Period(period), Some(range)) => buckets::of_periods(found, period, range),
        (Group::ActivityType | Group::All, _) => buckets::of_sports(found),
        (Group::Period(_), None) => Vec::new(),
    };
    let before = before.map(|(from, to, before)| PeriodBefore {
        from,
        to,
        totals: before,
        change: totals.totals.since(&before),
    });
    Ok(Summary {
        tz: asked.zone.name(),
        group_by: params.group_by,
        week_start: days.week_start,
        from,
        to,
        buckets,
        totals: totals.totals,
        before,
    })
}

/// Returns the range before and its totals. `None` without `from`, or if the range would begin
/// before the year 1.
async fn before(
    conn: &AsyncPgConnection,
    asked: &Days,
    period: Option<CurrentPeriod>,
) -> QueryResult<Option<(NaiveDate, NaiveDate, Totals)>> {
    let range = asked.from.zip(asked.to).and_then(|(from, to)| match period {
        Some(period) => period.before(from, to),
        None => range_before(from, to),
    });
    let Some((from, to)) = range else { return Ok(None) };
    let before = Days { from: Some(from), to: Some(to), ..asked.clone() };
    let found = days::total(conn, &before).await?;
    Ok(Some((from, to, found.totals)))
}
