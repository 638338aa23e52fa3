//! Calendar arithmetic with dates. The date of an instant depends on the time zone.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// First day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
pub enum WeekStart {
    /// As in ISO 8601.
    #[default]
    Monday,
    Sunday,
    Saturday,
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Day,
    Week(WeekStart),
    Month,
    Year,
}

impl WeekStart {
    /// The number of the weekday as PostgreSQL's `isodow`: Monday is 1, Sunday is 7.
    pub fn iso_number(self) -> i32 {
        match self {
            Self::Monday => 1,
            Self::Saturday => 6,
            Self::Sunday => 7,
        }
    }

    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

impl Period {
    /// Returns the first day of the period that contains `day`, or `day` at the very beginning of
    /// the calendar.
    pub fn first_day(self, day: NaiveDate) -> NaiveDate {
        let first = match self {
            Self::Day => Some(day),
            Self::Week(start) => {
                let since = day.weekday().days_since(start.weekday());
                day.checked_sub_days(Days::new(since.into()))
            }
            Self::Month => day.with_day(1),
            Self::Year => day.with_ordinal(1),
        };
        first.unwrap_or(day)
    }

    /// Returns the first day of the period after the one that begins with `first`, or `None` at the
    /// end of the calendar.
    pub fn next(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_add_days(Days::new(1)),
            Self::Week(_) => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }

    /// Returns the last day of the period that begins with `first`, but at most the last day of the
    /// year 9999.
    pub fn last_day(self, first: NaiveDate) -> NaiveDate {
        let last = self.next(first).and_then(|next| next.pred_opt()).unwrap_or(first);
        last.min(last_day_of_all())
    }
}

/// RFC 3339 has no five-digit years.
fn last_day_of_all() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Returns the range of equal length just before `from`: the same number of months if the range is
/// whole months or years, otherwise the same number of days. Returns `None` if it would begin
/// before the year 1, the first year in the API.
pub fn range_before(from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    as_long_before(from, to).and_then(in_years_of_the_api)
}

/// Returns a range unless it begins before the year 1.
pub fn in_years_of_the_api(range: (NaiveDate, NaiveDate)) -> Option<(NaiveDate, NaiveDate)> {
    Some(range).filter(|(from, _)| from.year() >= 1)
}

fn as_long_before(from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let last = from.pred_opt()?;
    let after = to.succ_opt()?;
    if from.day() == 1 && after.day() == 1 {
        let months = (after.year() - from.year()) * 12 + after.month() as i32 - from.month() as i32;
        let months = Months::new(u32::try_from(months).ok()?);
        return Some((from.checked_sub_months(months)?, last));
    }
    let days = u64::try_from((to - from).num_days()).ok()?;
    Some((last.checked_sub_days(Days::new(days))?, last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_begin_where_they_are_said_to() {
        let wednesday = day("2026-11-25");
        for (start, first) in [
            (WeekStart::Monday, "2026-11-23"),
            (WeekStart::Sunday, "2026-11-22"),
            (WeekStart::Saturday, "2026-11-21"),
        ] {
            assert_eq!(Period::Week(start).first_day(wednesday), day(first));
            assert_eq!(Period::Week(start).first_day(day(first)), day(first));
        }
    }

    #[test]
    fn the_range_before_is_of_the_same_length_or_of_as_many_months() {
        for (from, to, before) in [
            ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
            ("2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31")),
            ("2026-03-02", "2026-03-08", ("2026-02-23", "2026-03-01")),
            ("2026-03-01", "2026-03-01", ("2026-02-28", "2026-02-28")),
            ("2026-03-01", "2026-03-30", ("2026-01-30", "2026-02-28")),
        ] {
            let expected = (day(before.0), day(before.1));
            assert_eq!(range_before(day(from), day(to)), Some(expected), "{from} to {to}");
        }
        assert_eq!(range_before(day("0993-12-20"), day("2000-06-30")), None);
    }

    proptest! {
        #[test]
        fn each_day_is_in_exactly_one_period(offset in 0_u64..3_600_000) {
            let day = day("0001-01-08") + Days::new(offset);
            for period in [Period::Day, Period::Week(WeekStart::Sunday), Period::Month, Period::Year] {
                let first = period.first_day(day);
                prop_assert!(first <= day && day <= period.last_day(first));
                prop_assert_eq!(period.first_day(period.last_day(first)), first);
            }
        }
    }
}
