//! Ranges that end today, such as this month, and the ranges that they are compared with.

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::stats::{Period, WeekStart, period::in_years_of_the_api};

/// A range that ends today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurrentPeriod {
    ThisWeek,
    ThisMonth,
    ThisYear,
    #[serde(rename = "last_30_days")]
    Last30Days,
}

impl CurrentPeriod {
    /// The first day of the range.
    pub fn first_day(self, today: NaiveDate, week_start: WeekStart) -> NaiveDate {
        match self {
            Self::ThisWeek => Period::Week(week_start).first_day(today),
            Self::ThisMonth => Period::Month.first_day(today),
            Self::ThisYear => Period::Year.first_day(today),
            Self::Last30Days => today.checked_sub_days(Days::new(29)).unwrap_or(today),
        }
    }

    /// The range to compare `from` to `to` with: the same part of the week, month or year before. A
    /// month that is shorter ends with its last day.
    pub fn before(self, from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let earlier = |day: NaiveDate| match self {
            Self::ThisWeek => day.checked_sub_days(Days::new(7)),
            Self::ThisMonth => day.checked_sub_months(Months::new(1)),
            Self::ThisYear => day.checked_sub_months(Months::new(12)),
            Self::Last30Days => day.checked_sub_days(Days::new(30)),
        };
        in_years_of_the_api((earlier(from)?, earlier(to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_compared_with_the_same_part_of_the_one_before() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        use CurrentPeriod::*;
        for (period, today, first, before) in [
            (ThisWeek, "2026-11-25", "2026-11-22", ("2026-11-15", "2026-11-18")),
            (ThisMonth, "2026-11-30", "2026-11-01", ("2026-10-01", "2026-10-30")),
            (ThisMonth, "2026-03-31", "2026-03-01", ("2026-02-01", "2026-02-28")),
            (ThisYear, "2028-02-29", "2028-01-01", ("2027-01-01", "2027-02-28")),
            (Last30Days, "2026-11-30", "2026-11-01", ("2026-10-02", "2026-10-31")),
        ] {
            let from = period.first_day(day(today), WeekStart::Sunday);
            assert_eq!(from, day(first), "{period:?}");
            let expected = (day(before.0), day(before.1));
            assert_eq!(period.before(from, day(today)), Some(expected), "{period:?}");
        }
    }
}
