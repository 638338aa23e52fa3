//! Computes the progress of a goal.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::types::{Goal, GoalAnswer, GoalPeriod, Metric};
use crate::{
    error::{ApiError, ApiResult},
    stats::{
        Period, WeekStart,
        days::{self, Days, Totals},
    },
};

/// Returns `goal` with its progress in the current period.
pub async fn progress(
    conn: &AsyncPgConnection,
    goal: Goal,
    all: &Days,
    week_start: WeekStart,
) -> ApiResult<GoalAnswer> {
    let metric: Metric = goal.metric.parse().map_err(ApiError::internal)?;
    let period: GoalPeriod = goal.period.parse().map_err(ApiError::internal)?;
    let calendar = match period {
        GoalPeriod::Week => Period::Week(week_start),
        GoalPeriod::Month => Period::Month,
        GoalPeriod::Year => Period::Year,
    };
    let today = all.zone.today();
    let from = calendar.first_day(today);
    let to = calendar.last_day(from);
    let types = goal.activity_type.iter().cloned().collect();
    let days = Days { from: Some(from), to: Some(to), types, ..all.clone() };
    let progress = reached(conn, &days, metric).await?;
    let days_of = |last: NaiveDate| ((last - from).num_days() + 1) as f64;
    Ok(GoalAnswer {
        id: goal.id,
        metric,
        period,
        target: goal.target,
        activity_type: goal.activity_type,
        created_at: goal.created_at,
        from,
        to,
        progress,
        part: progress / goal.target,
        elapsed: days_of(today) / days_of(to),
        is_reached: progress >= goal.target,
    })
}

async fn reached(conn: &AsyncPgConnection, days: &Days, metric: Metric) -> QueryResult<f64> {
    let Totals { activities, duration_secs, distance_meters, elevation_gain_meters, .. } =
        days::total(conn, days).await?.totals;
    // Counts and seconds are whole numbers far below 2^53, so `f64` holds them exactly.
    Ok(match metric {
        Metric::Activities => activities as f64,
        Metric::Duration => duration_secs as f64,
        Metric::Distance => distance_meters,
        Metric::Elevation => elevation_gain_meters,
    })
}
