//! The fields of a message by their names in the profile.

use chrono::{DateTime, Utc};
use fitparser::{FitDataRecord, Value};

/// Degrees of a semicircle: 2³¹ of them are 180° (FIT SDK, profile of `record`).
const DEGREES: f64 = 180.0 / 2_147_483_648.0;

/// A message.
#[derive(Clone, Copy)]
pub struct Message<'a>(pub &'a FitDataRecord);

impl<'a> Message<'a> {
    fn value(self, name: &str) -> Option<&'a Value> {
        // The profile's own come first; fields of other developers may have any name.
        let mut fields = self.0.fields().iter();
        fields.find(|field| field.name() == name).map(|field| field.value())
    }

    pub fn number(self, name: &str) -> Option<f64> {
        number(self.value(name)?)
    }

    pub fn single(self, name: &str) -> Option<f32> {
        self.number(name).map(|value| value as f32)
    }

    /// The first of the names that is there: the profile has other names for some sports.
    pub fn first_number(self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.number(name))
    }

    pub fn degrees(self, name: &str) -> Option<f64> {
        self.number(name).map(|semicircles| semicircles * DEGREES)
    }

    pub fn time(self, name: &str) -> Option<DateTime<Utc>> {
        match self.value(name)? {
            Value::Timestamp(time) => Some(time.to_utc()),
            _ => None,
        }
    }

    /// A text, or the name of an enumeration's value, or its number where the profile has no name.
    pub fn text(self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.trim_matches('\0').trim().to_owned()),
            Value::Array(values) => values.iter().find_map(|value| match value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            }),
            value => number(value).map(|number| number.to_string()),
        }
        .filter(|text| !text.is_empty())
    }
}

fn number(value: &Value) -> Option<f64> {
    let is_number = !matches!(value, Value::Timestamp(_) | Value::Array(_) | Value::Invalid);
    let number: Option<f64> = is_number.then(|| value.clone().try_into().ok()).flatten();
    number.filter(|number| number.is_finite())
}
