//! Names of units.

use super::super::text::folded;

/// Returns the seconds of a unit of time, in seven languages.
pub fn time_unit(unit: &str) -> Option<f64> {
    let unit = folded(unit);
    Some(match unit.as_str() {
        "ms" | "millis" | "milliseconds" => 0.001,
        "d" | "day" | "days" => 86_400.0,
        "std" | "stunde" | "stunden" | "hr" | "hrs" | "uur" | "uren" | "u" => 3600.0,
        unit if unit.starts_with('h') || matches!(unit, "ora" | "ore") => 3600.0,
        unit if unit.starts_with('m') => 60.0,
        unit if unit.starts_with('s') => 1.0,
        _ => return None,
    })
}

/// Returns the metres of a unit of length.
pub fn length_unit(unit: &str) -> Option<f64> {
    Some(match unit.trim().trim_end_matches('.').to_ascii_lowercase().as_str() {
        "m" | "meter" | "meters" | "metre" | "metres" | "metros" | "metri" => 1.0,
        "km" | "kms" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => 1000.0,
        "mi" | "mile" | "miles" => 1609.344,
        "yd" | "yds" | "yard" | "yards" => 0.9144,
        "ft" | "foot" | "feet" => 0.3048,
        "cm" => 0.01,
        _ => return None,
    })
}

/// Returns the kilograms of a unit of weight.
pub fn weight_unit(unit: &str) -> Option<f64> {
    Some(match unit.trim().trim_end_matches('.').to_ascii_lowercase().as_str() {
        "kg" | "kgs" | "kilogram" | "kilograms" => 1.0,
        "lb" | "lbs" | "pound" | "pounds" => 0.453_592_37,
        _ => return None,
    })
}

/// Returns the kilocalories of a unit of energy. "Calories" in tables are kilocalories.
pub fn energy_unit(unit: &str) -> Option<f64> {
    match unit.trim().to_ascii_lowercase().as_str() {
        "kcal" | "cal" | "calories" | "c" => Some(1.0),
        "kj" => Some(1.0 / 4.184),
        _ => None,
    }
}
