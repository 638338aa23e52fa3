//! Converts totals from PostgreSQL to the answer.

use chrono::NaiveDate;

use super::types::SummaryBucket;
use crate::{
    error::{ApiError, ApiResult},
    stats::{
        Period,
        days::{Bucket, Totals},
    },
};

/// About ten years of days.
const MAX_BUCKETS: usize = 4000;

/// Returns a bucket per sport, by name.
pub fn of_sports(found: Vec<Bucket>) -> Vec<SummaryBucket> {
    let bucket = |bucket: Bucket| SummaryBucket {
        from: None,
        to: None,
        activity_type: bucket.activity_type,
        totals: bucket.of.totals,
    };
    found.into_iter().map(bucket).collect()
}

/// Returns a bucket per period with activities.
pub fn of_periods(
    found: Vec<Bucket>,
    period: Period,
    range: (NaiveDate, NaiveDate),
) -> Vec<SummaryBucket> {
    let found = found.into_iter().filter_map(|bucket| Some((bucket.first_day?, bucket.of.totals)));
    found.map(|(first, totals)| bucket(period, first, range, totals)).collect()
}

/// Returns a bucket per period of the range, including empty ones. Fails with 400
/// `invalid_parameter` if there are too many.
pub fn all_periods(
    found: Vec<Bucket>,
    period: Period,
    range: (NaiveDate, NaiveDate),
) -> ApiResult<Vec<SummaryBucket>> {
    let mut found = found.into_iter().peekable();
    let mut all = Vec::new();
    let mut next = Some(period.first_day(range.0));
    while let Some(first) = next.filter(|first| *first <= range.1) {
        if all.len() == MAX_BUCKETS {
            let problem = format!("cannot be used with more than {MAX_BUCKETS} periods");
            return Err(ApiError::invalid_parameter("include_empty", problem));
        }
        let here = found.next_if(|bucket| bucket.first_day == Some(first));
        let totals = here.map_or_else(Totals::default, |bucket| bucket.of.totals);
        all.push(bucket(period, first, range, totals));
        next = period.next(first);
    }
    Ok(all)
}

/// Returns a bucket for the part of the period that is in the range.
fn bucket(
    period: Period,
    first: NaiveDate,
    (from, to): (NaiveDate, NaiveDate),
    totals: Totals,
) -> SummaryBucket {
    SummaryBucket {
        from: Some(first.max(from)),
        to: Some(period.last_day(first).min(to)),
        activity_type: None,
        totals,
    }
}
