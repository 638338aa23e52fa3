//! The unit that a title names.

use super::{numbers::Pair, unit_names::time_unit};

/// The unit that a title names, if it does.
#[derive(Clone, Copy)]
pub struct TitleUnit<'a>(pub Option<&'a str>);

impl TitleUnit<'_> {
    pub fn is_utc(self) -> bool {
        self.0.is_some_and(|unit| matches!(unit, "utc" | "gmt"))
    }

    /// What `1:30` is by a title such as `h:mm`.
    pub fn pair(self) -> Option<Pair> {
        let unit = self.0.filter(|unit| unit.contains(':'))?;
        let is_hours = unit.starts_with('h') && !unit.contains('s');
        Some(if is_hours { Pair::HoursMinutes } else { Pair::MinutesSeconds })
    }

    pub fn seconds(self) -> Option<f64> {
        time_unit(self.0.filter(|unit| !unit.contains(':'))?)
    }
}
