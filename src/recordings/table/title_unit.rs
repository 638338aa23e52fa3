//! Units in titles.

use super::{numbers::Pair, unit_names::time_unit};

/// The unit in a title, if there is one.
#[derive(Clone, Copy)]
pub struct TitleUnit<'a>(pub Option<&'a str>);

impl TitleUnit<'_> {
    pub fn is_utc(self) -> bool {
        self.0.is_some_and(|unit| matches!(unit, "utc" | "gmt"))
    }

    /// Returns the meaning of `1:30` under a title such as `h:mm`.
    pub fn pair(self) -> Option<Pair> {
        let unit = self.0.filter(|unit| unit.contains(':'))?;
        let is_hours = unit.starts_with('h') && !unit.contains('s');
        Some(if is_hours { Pair::HoursMinutes } else { Pair::MinutesSeconds })
    }

    pub fn seconds(self) -> Option<f64> {
        time_unit(self.0.filter(|unit| !unit.contains(':'))?)
    }
}
