//! The values of a row.

use std::borrow::Cow;

use csv::ByteRecord;
use encoding_rs::WINDOWS_1252;

use super::{
    columns::{Column, Columns},
    dates::Order,
};
use crate::{
    imports::runner::listed::Listed,
    recordings::{Totals, is_nothing},
    sport::Sport,
};

/// The columns with numbers, and their names in warnings.
const NUMBERS: [(Column, &str); 12] = [
    (Column::Elapsed, "elapsed time"),
    (Column::Moving, "moving time"),
    (Column::Distance, "distance"),
    (Column::Metres, "distance"),
    (Column::Calories, "calories"),
    (Column::Gain, "elevation gain"),
    (Column::Loss, "elevation loss"),
    (Column::HeartRate, "heart rate"),
    (Column::MaxHeartRate, "maximum heart rate"),
    (Column::Power, "power"),
    (Column::Cadence, "cadence"),
    (Column::Effort, "perceived exertion"),
];

/// In metres per second: faster than any activity. A distance that implies
/// such a speed is in metres.
const TOO_FAST: f64 = 60.0;

/// A row of the table.
pub struct Row<'a> {
    record: &'a ByteRecord,
    columns: &'a Columns,
}

impl<'a> Row<'a> {
    pub fn new(record: &'a ByteRecord, columns: &'a Columns) -> Self {
        Self { record, columns }
    }

    fn text(&self, column: Column) -> Option<String> {
        text(self.record, self.columns.at(column)?).map(Cow::into_owned)
    }

    fn number(&self, column: Column) -> Option<f64> {
        number(&self.text(column)?)
    }

    /// A value that was not measured is listed as zero.
    fn measured(&self, column: Column) -> Option<f64> {
        self.number(column).filter(|value| *value > 0.0)
    }

    pub fn id(&self) -> Option<String> {
        self.text(Column::Id).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Whether this is the row of an activity without its id.
    pub fn is_nameless(&self, order: Order) -> bool {
        let is_dated = || self.text(Column::Date).is_some_and(|date| order.read(&date).is_some());
        self.text(Column::Id).is_none() && is_dated()
    }

    /// The path of the activity's file in the archive.
    pub fn file(&self) -> Option<String> {
        let is_file = |text: &str| text.starts_with("activities/");
        self.text(Column::File).filter(|text| is_file(text)).or_else(|| {
            let mut values = (0..self.record.len()).filter_map(|at| text(self.record, at));
            values.find(|text| is_file(text) && is_recording(text)).map(Cow::into_owned)
        })
    }

    /// Warnings about numbers that cannot be read.
    fn warnings(&self) -> Vec<String> {
        let unread = |(column, name): (Column, &str)| {
            let cell = self.text(column)?;
            let is_read = is_nothing(&cell) || number(&cell).is_some();
            let shown: String = cell.chars().take(40).collect();
            (!is_read).then(|| format!("the {name} “{shown}” in the table cannot be read"))
        };
        NUMBERS.into_iter().filter_map(unread).collect()
    }

    /// `None` if this is not the row of an activity.
    pub fn listed(&self, order: Order) -> Option<Listed> {
        let sport_raw = self.text(Column::Sport);
        let elapsed_secs = self.measured(Column::Elapsed);
        Some(Listed {
            source: "strava",
            id: self.id()?,
            title: self.text(Column::Title),
            activity_type: Sport::of(sport_raw.as_deref()),
            sport_raw,
            notes: self.text(Column::Notes),
            remarks: self.remarks(),
            started_at: self.text(Column::Date).and_then(|date| order.read(&date)),
            utc_offset_minutes: None,
            totals: Totals {
                elapsed_secs,
                moving_secs: self.measured(Column::Moving),
                distance_meters: self.distance(elapsed_secs),
                calories: self.measured(Column::Calories),
                elevation_gain_meters: self.number(Column::Gain),
                elevation_loss_meters: self.number(Column::Loss),
                avg_heart_rate: self.measured(Column::HeartRate),
                max_heart_rate: self.measured(Column::MaxHeartRate),
                avg_power_watts: self.measured(Column::Power),
                avg_cadence: self.measured(Column::Cadence),
                ..Totals::default()
            },
            is_measured: false,
            warnings: self.warnings(),
        })
    }

    /// Notes about what the log has no field for.
    fn remarks(&self) -> Vec<String> {
        let is_commute = self.text(Column::Commute).is_some_and(|text| {
            matches!(text.to_lowercase().as_str(), "true" | "1" | "1.0" | "yes" | "wahr" | "ja")
        });
        [
            self.text(Column::PrivateNote),
            self.text(Column::Gear).map(|gear| format!("Gear: {gear}")),
            is_commute.then(|| "Commute".to_owned()),
            self.measured(Column::Effort).map(|effort| format!("Perceived exertion: {effort}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The distance in metres.
    fn distance(&self, elapsed_secs: Option<f64>) -> Option<f64> {
        let (rounded, exact) = (self.number(Column::Distance), self.number(Column::Metres));
        if exact.is_some() && exact != rounded {
            return exact;
        }
        let value = rounded.or(exact)?;
        let kilometres = value * 1000.0;
        // For swims, the distance is still in metres.
        let is_too_fast = elapsed_secs.is_some_and(|seconds| kilometres / seconds > TOO_FAST);
        Some(if self.columns.is_old || is_too_fast { value } else { kilometres })
    }
}

/// A value of a row, if there is one. If it is not UTF-8, a spreadsheet on Windows has saved it.
pub fn text(record: &ByteRecord, at: usize) -> Option<Cow<'_, str>> {
    let bytes = record.get(at)?.trim_ascii();
    let text = match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn is_recording(name: &str) -> bool {
    let name = name.trim_end_matches(".gz");
    [".fit", ".gpx", ".tcx"].iter().any(|ending| name.ends_with(ending))
}

/// Parses a number in any language: `1,234.5`, `1.234,5`, `9,44`, `1 234`.
/// Negative numbers are refused.
fn number(text: &str) -> Option<f64> {
    let text: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let (comma, point) = (text.rfind(','), text.rfind('.'));
    let plain = match (comma, point) {
        (Some(comma), Some(point)) if comma > point => text.replace('.', "").replace(',', "."),
        (Some(_), None) if !is_grouped(&text) => text.replace(',', "."),
        _ => text.replace(',', ""),
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// Whether commas separate groups of three digits: `1,234`.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && first != "0" && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_any_language() {
        for (text, expected) in [
            ("1.80", Some(1.8)),
            ("9,44", Some(9.44)),
            ("0,500", Some(0.5)),
            ("1,234", Some(1234.0)),
            ("1,234.5", Some(1234.5)),
            ("1.234,5", Some(1234.5)),
            ("1\u{a0}234,5", Some(1234.5)),
            ("1'234.5", Some(1234.5)),
            ("9440.0", Some(9440.0)),
            ("-5", None),
            ("NaN", None),
            ("inf", None),
            ("x", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
