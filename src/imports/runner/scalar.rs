//! Streams lists from the JSON of other programs, and keeps only simple values.

use std::{
    fmt,
    io::{BufRead, BufReader, Read},
};

use chrono::NaiveDateTime;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::priority::yield_if_due;

/// The byte order mark that some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Maximum bytes of a text. A longer one becomes `None`.
const MAX_TEXT: usize = 64 * 1024;

/// Numbers below this are seconds since 1970, larger ones are milliseconds.
const FIRST_MILLIS: f64 = 1e11;

/// A text or a number. Any other value becomes `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scalar {
    #[default]
    None,
    Text(String),
    Number(f64),
}

impl Scalar {
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Self::Number(number) => Some(number.to_string()),
            Self::None => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Text(text) => text.trim().parse().ok()?,
            Self::Number(number) => *number,
            Self::None => return None,
        };
        Some(number).filter(|number: &f64| number.is_finite())
    }

    pub fn whole(&self) -> Option<i64> {
        self.number()
            .filter(|number| number.fract() == 0.0 && number.abs() < 1e15)
            .map(|n| n as i64)
    }

    /// A time in milliseconds since 1970.
    pub fn millis(&self) -> Option<i64> {
        if let Some(number) = self.number().filter(|number| number.abs() < 1e15) {
            let millis = if number.abs() < FIRST_MILLIS { number * 1000.0 } else { number };
            return Some(millis.round() as i64);
        }
        let text = self.text()?;
        let text = text.trim_end_matches('Z');
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|time| time.and_utc().timestamp_millis())
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(if text.len() > MAX_TEXT { Scalar::None } else { Scalar::Text(text.to_owned()) })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::None)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Scalar, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::None)
    }

    /// `{"typeId": 1, "typeKey": "running"}` becomes its `typeKey`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scalar, A::Error> {
        let mut key = Scalar::None;
        while let Some(name) = members.next_key::<String>()? {
            let value: Scalar = members.next_value()?;
            if name == "typeKey" {
                key = value;
            }
        }
        Ok(key)
    }
}

/// Passes on the elements of all lists named `list`, at any depth in other lists and objects.
/// Elements before an error are passed on, too.
pub fn each<T: DeserializeOwned>(
    source: impl Read,
    list: &str,
    mut take: impl FnMut(T),
) -> serde_json::Result<()> {
    let mut source = BufReader::new(source);
    if source.fill_buf().is_ok_and(|start| start.starts_with(BYTE_ORDER_MARK)) {
        source.consume(BYTE_ORDER_MARK.len());
    }
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    Search { list, is_it: false, take: &mut take }.deserialize(&mut deserializer)
}

/// Searches a value for lists.
struct Search<'a, T> {
    list: &'a str,
    /// Whether the value is such a list.
    is_it: bool,
    take: &'a mut dyn FnMut(T),
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Search<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Search<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self { list, is_it, take } = self;
        if is_it {
            while let Some(element) = elements.next_element::<Option<T>>()? {
                yield_if_due();
                element.into_iter().for_each(&mut *take);
            }
        } else {
            while elements.next_element_seed(Search { list, is_it, take: &mut *take })?.is_some() {}
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { list, take, .. } = self;
        while let Some(name) = members.next_key::<String>()? {
            let is_it = name == list;
            members.next_value_seed(Search { list, is_it, take: &mut *take })?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_wherever_they_are_and_odd_values_are_nothing() {
        #[derive(Deserialize)]
        struct One {
            #[serde(default)]
            a: Scalar,
        }
        let json = br#"[{"x": [1, "a", null, {"list": 3}], "list": [{"a": 1}, null, {"b": [2]}, {"a": {"typeKey": "k"}}]},
                        {"y": {"list": [{"a": "2", "b": {}}, {"a": [1]}]}}, {"list": [{"a": tru"#;
        let mut found = Vec::new();
        assert!(each(&json[..], "list", |one: One| found.push(one.a.text())).is_err());
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found, [text("1"), None, text("k"), text("2"), None]);
        let marked = [BYTE_ORDER_MARK, br#"{"list": [{"a": 7}]}"#].concat();
        each(&marked[..], "list", |one: One| found.push(one.a.text())).unwrap();
        assert_eq!(found.last(), Some(&text("7")));
    }

    #[test]
    fn times_come_in_several_forms() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        for (value, expected) in [
            (Scalar::Number(1_715_313_600_000.0), Some(1_715_313_600_000)),
            (Scalar::Number(1_715_313_600.0), Some(1_715_313_600_000)),
            (text("1715313600000"), Some(1_715_313_600_000)),
            (text("2024-05-10T04:00:00.0"), Some(1_715_313_600_000)),
            (text("2024-05-10 04:00:00"), Some(1_715_313_600_000)),
            (text("soon"), None),
            (Scalar::None, None),
        ] {
            assert_eq!(value.millis(), expected, "{value:?}");
        }
    }
}
