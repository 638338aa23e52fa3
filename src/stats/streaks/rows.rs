//! Finds consecutive days or weeks.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::stats::Period;

/// A number of consecutive days or weeks with an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Streak {
    /// Number of days or weeks.
    #[schema(minimum = 1)]
    pub length: u32,
    /// First day of the streak.
    pub from: NaiveDate,
    /// Last day of the streak.
    pub to: NaiveDate,
}

/// The current and the longest streak. If several are equally long, the latest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Streaks {
    /// The streak that includes today or this week, or that ended yesterday or last week: today and
    /// this week are not over yet. `null` without such a streak.
    #[schema(required)]
    pub current: Option<Streak>,
    /// `null` if there is no activity.
    #[schema(required)]
    pub longest: Option<Streak>,
}

impl Streaks {
    /// Finds the streaks in `days`, which must be in ascending order without duplicates.
    pub fn of(days: &[NaiveDate], period: Period, today: NaiveDate) -> Self {
        let mut streaks = Self::default();
        let this = period.first_day(today);
        let (mut running, mut until_now): (Option<Streak>, Option<Streak>) = (None, None);
        for first in days.iter().map(|day| period.first_day(*day)) {
            let last = period.last_day(first);
            running = match running {
                // Another day in the same period.
                Some(streak) if streak.to == last => continue,
                Some(streak) if streak.to.succ_opt() == Some(first) => {
                    Some(Streak { length: streak.length + 1, to: last, ..streak })
                }
                _ => Some(Streak { length: 1, from: first, to: last }),
            };
            let is_longest = |streak: &Streak| {
                streaks.longest.is_none_or(|longest| streak.length >= longest.length)
            };
            streaks.longest = running.filter(is_longest).or(streaks.longest);
            // Activities on future days do not end the current streak.
            until_now = running.filter(|streak| streak.from <= this).or(until_now);
        }
        let goes_on = |streak: &Streak| streak.to >= this || streak.to.succ_opt() == Some(this);
        streaks.current = until_now.filter(goes_on);
        streaks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::WeekStart;

    fn days(texts: &[&str]) -> Vec<NaiveDate> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn lengths(streaks: Streaks) -> (u32, u32) {
        let length = |streak: Option<Streak>| streak.map_or(0, |streak| streak.length);
        (length(streaks.current), length(streaks.longest))
    }

    #[test]
    fn days_in_a_row_are_counted_until_one_is_missing() {
        let today = "2026-03-30".parse().unwrap();
        for (logged, expected) in [
            (&[][..], (0, 0)),
            (&["2026-03-30"], (1, 1)),
            (&["2026-03-29"], (1, 1)),
            (&["2026-03-28"], (0, 1)),
            // Across the start of daylight saving time and the end of a month.
            (&["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-28", "2026-03-29"], (2, 3)),
            (&["2026-03-26", "2026-03-27", "2026-03-29", "2026-03-30"], (2, 2)),
            // With future days, which continue the streak or do not.
            (&["2026-03-29", "2026-03-30", "2026-04-05"], (2, 2)),
            (&["2026-03-29", "2026-03-30", "2026-03-31"], (3, 3)),
            (&["2026-03-20", "2026-04-04", "2026-04-05"], (0, 2)),
        ] {
            let found = Streaks::of(&days(logged), Period::Day, today);
            assert_eq!(lengths(found), expected, "{logged:?}");
        }
        let found = Streaks::of(&days(&["2026-03-01", "2026-03-29"]), Period::Day, today);
        assert_eq!(found.longest.unwrap().from.to_string(), "2026-03-29", "the latest of several");
    }

    #[test]
    fn a_week_counts_once_and_the_present_one_may_still_be_empty() {
        let week = Period::Week(WeekStart::Monday);
        let logged = days(&["2026-03-02", "2026-03-08", "2026-03-15", "2026-03-16"]);
        let at = |today: &str| Streaks::of(&logged, week, today.parse().unwrap());
        assert_eq!(lengths(at("2026-03-22")), (3, 3));
        assert_eq!(lengths(at("2026-03-29")), (3, 3), "the week after");
        assert_eq!(lengths(at("2026-03-30")), (0, 3), "two weeks after");
        let longest = at("2026-03-30").longest.unwrap();
        assert_eq!(
            (longest.from.to_string(), longest.to.to_string()),
            ("2026-03-02".to_owned(), "2026-03-22".to_owned())
        );
    }
}
