//! Parses numbers and durations as people and spreadsheets write them.

use super::unit_names::time_unit;

/// The decimal separator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decimal {
    #[default]
    Point,
    Comma,
}

/// The meaning of two numbers with a colon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pair {
    HoursMinutes,
    #[default]
    MinutesSeconds,
}

const SPACES: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];

/// Splits a cell into its number, the exponent and the unit.
fn split(cell: &str) -> (&str, &str, &str) {
    let cell = cell.trim();
    let is_of_number =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+') || SPACES.contains(&c);
    let end = cell.find(|c| !is_of_number(c)).unwrap_or(cell.len());
    let (number, rest) = cell.split_at(end);
    let (exponent, unit) = rest.split_at(exponent_length(number, rest));
    (number.trim_end_matches(SPACES), exponent, unit.trim())
}

/// Returns the length of the exponent: 2 in `1.4e2`, 0 without one.
fn exponent_length(number: &str, rest: &str) -> usize {
    let Some(power) = rest.strip_prefix(['e', 'E']) else { return 0 };
    let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let is_exponent = end > 0 && number.ends_with(|c: char| c.is_ascii_digit());
    if is_exponent { rest.len() - digits.len() + end } else { 0 }
}

/// Returns whether separators are only between thousands. `10,8,6` is a list.
fn is_grouped(whole: &str, is_mark: impl Fn(char) -> bool) -> bool {
    let mut groups = whole.rsplit(is_mark);
    let last = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    groups.peek().is_none()
        || last.len() == 3
            && groups.all(|group| (1..=3).contains(&group.trim_start_matches(['-', '+']).len()))
}

impl Decimal {
    /// Returns the decimal separator of a number, or `None` if it is ambiguous, as in `1.500`.
    pub fn shown_by(cell: &str) -> Option<Self> {
        let (number, ..) = split(cell);
        let of = |mark: char| if mark == ',' { Self::Comma } else { Self::Point };
        let other = |mark: char| if mark == ',' { Self::Point } else { Self::Comma };
        let last = number.rfind(['.', ','])?;
        let mark = number.get(last..)?.chars().next()?;
        let (whole, fraction) = (number.get(..last)?, number.get(last + 1..)?);
        if whole.contains(if mark == ',' { '.' } else { ',' }) {
            Some(of(mark))
        } else if whole.contains(mark) {
            Some(other(mark))
        } else {
            let digits = whole.trim_start_matches(['-', '+']);
            let is_fraction = fraction.len() != 3 || digits.len() > 3 || digits == "0";
            is_fraction.then(|| of(mark))
        }
    }

    /// Returns the number in a cell, and the unit after it.
    pub fn amount(self, cell: &str) -> Option<(f64, &str)> {
        let (number, exponent, unit) = split(cell);
        let mark = match Self::shown_by(number).unwrap_or(self) {
            Self::Point => '.',
            Self::Comma => ',',
        };
        let (whole, fraction) = number.split_once(mark).unwrap_or((number, ""));
        let is_other = |c: char| matches!(c, '.' | ',') || SPACES.contains(&c);
        if !is_grouped(whole, is_other) || fraction.contains(is_other) {
            return None;
        }
        let plain = format!("{}.{fraction}{exponent}", whole.replace(is_other, ""));
        let number = plain.parse().ok().filter(|number: &f64| number.is_finite())?;
        Some((number, unit))
    }

    /// Parses a duration to seconds: `1:02:33`, `1h 2m`, `PT1H2M`, or a number of units.
    pub fn duration(self, cell: &str, pair: Pair, unit: f64) -> Option<f64> {
        let cell = cell.trim();
        let seconds = if cell.contains(':') {
            clock(cell, pair)?
        } else {
            match self.amount(cell) {
                Some((number, "")) => number * unit,
                _ => return self.words(cell),
            }
        };
        Some(seconds).filter(|seconds| *seconds >= 0.0)
    }

    /// Parses a duration with unit names, or in the form of `PT1H2M3.5S`. A last number without a
    /// unit has the next smaller unit: `1h30`.
    pub fn words(self, cell: &str) -> Option<f64> {
        let cell = cell.trim().replace(['"', '″', '”'], "s").replace(['\'', '’', '′'], "m");
        let mut rest = cell.as_str();
        rest = rest.strip_prefix("PT").or(rest.strip_prefix('P')).unwrap_or(rest);
        let (mut seconds, mut smaller) = (None, None);
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_alphabetic());
            let (number, _) = self.amount(rest.get(..end.unwrap_or(rest.len()))?)?;
            let word = rest.get(end.unwrap_or(rest.len())..)?;
            let end = word.find(|c: char| !c.is_alphabetic() && c != '.').unwrap_or(word.len());
            let unit = match word.get(..end)? {
                "" => smaller.filter(|_| number < 60.0)?,
                word => time_unit(word)?,
            };
            smaller = [3600.0, 60.0].contains(&unit).then_some(unit / 60.0);
            *seconds.get_or_insert(0.0) += number * unit;
            rest = word.get(end..)?.trim_start_matches([' ', ',', 'T', '\u{a0}', '\u{202f}']);
        }
        seconds.filter(|seconds| *seconds >= 0.0)
    }
}

/// Parses numbers with colons between them.
fn clock(cell: &str, pair: Pair) -> Option<f64> {
    let parts = cell.split(':').map(|part| {
        let part = part.trim().replace(',', ".");
        let is_number = part.chars().all(|c| c.is_ascii_digit() || c == '.');
        part.parse::<f64>().ok().filter(|number| is_number && number.is_finite())
    });
    let parts: Vec<f64> = parts.collect::<Option<_>>()?;
    match *parts {
        [hours, minutes] if pair == Pair::HoursMinutes => Some(hours * 3600.0 + minutes * 60.0),
        [minutes, seconds] => Some(minutes * 60.0 + seconds),
        [hours, minutes, seconds] => Some(hours * 3600.0 + minutes * 60.0 + seconds),
        [days, hours, minutes, seconds] => {
            Some(((days * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_with_either_mark() {
        for (cell, point, comma) in [
            ("1234.5", 1234.5, 1234.5),
            ("1,234.5", 1234.5, 1234.5),
            ("1.234,5", 1234.5, 1234.5),
            ("12,5", 12.5, 12.5),
            ("1,500", 1500.0, 1.5),
            ("1.500", 1.5, 1500.0),
            ("0,500", 0.5, 0.5),
            ("1 234,5", 1234.5, 1234.5),
            ("1'234.5", 1234.5, 1234.5),
            ("1\u{202f}234", 1234.0, 1234.0),
            ("1.234.567", 1_234_567.0, 1_234_567.0),
            ("-3", -3.0, -3.0),
        ] {
            let read = |decimal: Decimal| decimal.amount(cell).map(|(number, _)| number);
            assert_eq!(
                (read(Decimal::Point), read(Decimal::Comma)),
                (Some(point), Some(comma)),
                "{cell}"
            );
        }
        for (cell, number, unit) in [
            ("5.2 km", 5.2, "km"),
            ("1.4e2", 140.0, ""),
            ("1E+1 kg", 10.0, "kg"),
            ("5 EUR", 5.0, "EUR"),
            ("12,34,567.5", 1_234_567.5, ""),
        ] {
            assert_eq!(Decimal::Point.amount(cell), Some((number, unit)), "{cell}");
        }
        for odd in ["", "-", "km", "--", ".", "1-2", "10,8,6", "10 8 6", "10.8.6", "1e999"] {
            assert_eq!(Decimal::Point.amount(odd), None, "{odd}");
        }
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        let read = |cell: &str| Decimal::Point.duration(cell, Pair::MinutesSeconds, 60.0);
        for (cell, seconds) in [
            ("1:02:33", 3753.0),
            ("45:12", 2712.0),
            ("00:45:12.5", 2712.5),
            ("1:00:00:00", 86_400.0),
            ("45", 2700.0),
            ("1h 3m", 3780.0),
            ("1h3m5s", 3785.0),
            ("1 hr 3 mins", 3780.0),
            ("90 min", 5400.0),
            ("1,5 h", 5400.0),
            ("2 Std. 5 Min.", 7500.0),
            ("1 heure 5 minutes", 3900.0),
            ("PT1H2M3.4S", 3723.4),
            ("PT600S", 600.0),
            ("1h30", 5400.0),
            ("2h05", 7500.0),
            ("1 h 30", 5400.0),
            ("45min30", 2730.0),
            ("1h30'20\"", 5420.0),
            ("45'30\"", 2730.0),
        ] {
            assert_eq!(read(cell), Some(seconds), "{cell}");
        }
        assert_eq!(Decimal::Point.duration("1:30", Pair::HoursMinutes, 1.0), Some(5400.0));
        for odd in [
            "",
            ":",
            "1:x",
            "-5",
            "soon",
            "1:2:3:4:5",
            "5 parsecs",
            "h",
            "1e3:00",
            "-1:00",
            "1h90",
            "30s5",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_a_number_or_none(cell in "\\PC{0,20}") {
            for decimal in [Decimal::Point, Decimal::Comma] {
                let _ = decimal.amount(&cell);
                let duration = decimal.duration(&cell, Pair::HoursMinutes, 60.0);
                prop_assert!(duration.is_none_or(|seconds| seconds >= 0.0));
            }
        }

        #[test]
        fn a_number_comes_back_however_it_was_grouped(whole in 0u32..10_000_000, cents in 0u32..100) {
            let digits = whole.to_string();
            let grouped = |mark: &str| {
                let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
                groups.join(mark)
            };
            let expected = f64::from(whole) + f64::from(cents) / 100.0;
            for text in [format!("{}.{cents:02}", grouped(",")), format!("{},{cents:02}", grouped(".")), format!("{},{cents:02}", grouped(" "))] {
                let (number, _) = Decimal::Point.amount(&text).unwrap();
                prop_assert!((number - expected).abs() < 1e-6, "{text}: {number}");
            }
        }
    }
}
