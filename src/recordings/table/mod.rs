//! Tables (CSV) of activities and sets. Columns are recognised by their titles, in any order.

mod activities;
mod clock;
mod columns;
mod dates;
mod guess;
mod numbers;
mod quotes;
mod rows;
mod sets;
mod speeds;
#[cfg(test)]
mod tests;
mod times;
mod title_unit;
mod unit_names;
mod units;
mod workouts;
mod zones;

pub use activities::activities;
pub use dates::{Moment, Order, moment};
pub use numbers::Decimal;
pub use rows::is_nothing;
pub use sets::sets;
pub use unit_names::length_unit;

use self::rows::{heading, with_newlines};
use super::Format;

/// Detects the format of a table by its titles.
pub fn format(head: &str) -> Option<Format> {
    heading(&with_newlines(head)).map(|heading| heading.format)
}
