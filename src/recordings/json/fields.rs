//! Lenient access to JSON objects of other services. Values are parsed one at a time, so an invalid
//! value does not affect the others.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::validation::check_json;

/// More fields than any supported object has. Parsed fields are kept in memory.
const MAX_FIELDS: usize = 1000;

/// Maximum size of a stored value, in bytes. Larger values contain nothing that is used.
const MAX_STORED: usize = 64 * 1024;

/// A JSON object. If a name occurs twice, the last value counts.
#[derive(Debug)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Returns `None` if the JSON is not an object.
    pub fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.0.iter().rev().find(|(known, _)| known == name)?;
        Some(value.get())
    }

    /// Returns whether the value exists and is not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value != "null")
    }

    /// Returns a string, or a number as a string.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let number = || serde_json::from_str::<serde_json::Number>(value).map(|n| n.to_string());
        serde_json::from_str(value).or_else(|_| number()).ok()
    }

    /// Returns a finite number, also from a string.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Returns a whole number, also from a string.
    pub fn whole(&self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        let number = || self.number(name).filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
        text.trim().parse().ok().or_else(|| number().map(|number| number as i64))
    }

    /// Returns a boolean, also from a string or a number.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.trim_matches('"').to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }

    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::read(self.get(name)?)
    }

    /// Returns the first `max` elements of a list, or `None` if it is not a list.
    pub fn list(&self, name: &str, max: usize) -> Option<Vec<&'a RawValue>> {
        list(self.get(name)?, max)
    }

    /// Returns the fields that PostgreSQL can store as JSONB: without NUL and unpaired surrogates,
    /// and of limited size.
    pub fn storable(&self) -> serde_json::Map<String, serde_json::Value> {
        let sound = self.0.iter().filter(|(_, value)| check_json(value.get(), MAX_STORED).is_ok());
        let parsed = sound.filter(|(name, _)| !name.contains('\0')).filter_map(|(name, value)| {
            Some((name.clone().into_owned(), serde_json::from_str(value.get()).ok()?))
        });
        parsed.collect()
    }
}

/// Returns the first `max` elements of a list, or `None` if `json` is not a list.
pub fn list(json: &str, max: usize) -> Option<Vec<&RawValue>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let list = deserializer.deserialize_seq(Elements { max, of: PhantomData }).ok()?;
    deserializer.end().ok()?;
    Some(list)
}

/// Reads a list, or an empty list for `null`. Keeps at most one more than `MAX` elements, and the
/// rest takes no memory.
pub fn at_most<'de, const MAX: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Box<RawValue>>, D::Error> {
    deserializer.deserialize_any(Elements { max: MAX + 1, of: PhantomData })
}

struct Elements<T> {
    max: usize,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while list.len() < self.max {
            let Some(element) = elements.next_element()? else { return Ok(list) };
            list.push(element);
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(list)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor(PhantomData))
    }
}

struct FieldsVisitor<'a>(PhantomData<Fields<'a>>);

impl<'de: 'a, 'a> Visitor<'de> for FieldsVisitor<'a> {
    type Value = Fields<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fields<'a>, A::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
        let mut fields = Vec::new();
        while let Some((Name(name), value)) = members.next_entry()? {
            if fields.len() == MAX_FIELDS {
                return Err(A::Error::custom(format!("more than {MAX_FIELDS} fields")));
            }
            fields.push((name, value));
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_read_by_itself() {
        let json = r#"{"a": "5.5", "b": 5, "c": null, "d": "\ud800", "e": [1, {"f": 7}], "g": "TRUE",
                       "h": 1e999, "i": "NaN", "j": {"k": "x"}, "b": 6.0, "l": "a\u0000b", "m": 9007199254740993}"#;
        let fields = Fields::read(json).unwrap();
        assert_eq!((fields.number("a"), fields.whole("a")), (Some(5.5), None));
        assert_eq!((fields.number("b"), fields.whole("b")), (Some(6.0), Some(6)));
        assert_eq!(fields.whole("m"), Some(9_007_199_254_740_993));
        assert_eq!(
            (fields.flag("g"), fields.flag("b"), fields.flag("e")),
            (Some(true), None, None)
        );
        for odd in ["c", "d", "e", "h", "i", "j", "z"] {
            assert_eq!((fields.number(odd), fields.whole(odd)), (None, None), "{odd}");
        }
        assert_eq!((fields.text("d"), fields.text("e")), (None, None));
        assert!(fields.has("d") && !fields.has("c") && !fields.has("z"));
        assert_eq!(fields.object("j").unwrap().text("k").as_deref(), Some("x"));
        assert!(fields.object("e").is_none() && fields.list("j", 9).is_none());
        assert_eq!(fields.list("e", 9).unwrap().len(), 2);
        assert_eq!(fields.list("e", 1).unwrap().len(), 1);
        let kept = fields.storable();
        assert!(kept.contains_key("b") && !kept.contains_key("d") && !kept.contains_key("l"));
    }

    #[test]
    fn what_is_no_object_or_a_huge_one_is_none() {
        for odd in ["", "7", "null", "[]", "\"{}\"", "{", "{\"a\": }", "{} {}"] {
            assert!(Fields::read(odd).is_none(), "{odd}");
        }
        let many = |count: usize| {
            let fields: Vec<_> = (0..count).map(|n| format!("\"{n}\": {n}")).collect();
            format!("{{{}}}", fields.join(","))
        };
        assert!(Fields::read(&many(1000)).is_some() && Fields::read(&many(1001)).is_none());
    }
}
