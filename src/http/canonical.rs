//! A canonical form of JSON. Texts have the same form if they differ only in whitespace, the order
//! of members, escapes, or the notation of numbers (`5`, `5.0`, `5e0`). Numbers are compared
//! exactly, to the last digit.

use std::{fmt, str};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::validation::text::numbers;

/// The canonical form of a JSON text, or `None` if it is invalid.
pub fn canonical(json: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(json.len());
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    // The numbers as written, because serde converts them to doubles.
    let numbers = &mut numbers(str::from_utf8(json).ok()?);
    Canonical { bytes: &mut bytes, numbers }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(bytes)
}

/// The digits of a number without leading and trailing zeros, and the power of ten that they are
/// multiplied by. `None` if that power overflows.
fn decimal(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some("0e0".to_owned());
    }
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_add(zeros)?.checked_sub(places)?;
    Some(format!("{sign}{significant}e{exponent}"))
}

/// The value of a decimal that is a whole number of at most 64 bits and a sign.
fn whole(decimal: &str) -> Option<i128> {
    let (digits, exponent) = decimal.split_once('e')?;
    let zeros = exponent.parse().ok().filter(|zeros| *zeros <= 20)?;
    let number: i128 = format!("{digits}{}", "0".repeat(zeros)).parse().ok()?;
    (number.unsigned_abs() <= 1 << 64).then_some(number)
}

/// Writes one value. Every form is self-delimiting, so that adjacent values stay distinct.
struct Canonical<'a, 'n> {
    bytes: &'a mut Vec<u8>,
    numbers: &'a mut (dyn Iterator<Item = &'n str> + 'n),
}

impl<'n> Canonical<'_, 'n> {
    fn write(&mut self, kind: u8, content: &[u8]) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&content.len().to_be_bytes());
        self.bytes.extend_from_slice(content);
    }

    /// Writes the next number, which serde converted to `double`.
    fn number<E: Error>(mut self, double: f64) -> Result<(), E> {
        let number = self.numbers.next().ok_or_else(|| E::custom("a number is missing"))?;
        let exact = decimal(number);
        if let Some(whole) = exact.as_deref().and_then(whole) {
            self.write(b'i', &whole.to_be_bytes());
        } else if exact.is_some() && exact == decimal(&double.to_string()) {
            self.write(b'f', &double.to_be_bytes());
        } else {
            self.write(b'd', exact.as_deref().unwrap_or(number).as_bytes());
        }
        Ok(())
    }

    /// A writer for a nested value.
    fn inner(&mut self) -> Canonical<'_, 'n> {
        Canonical { bytes: self.bytes, numbers: self.numbers }
    }
}

impl<'de> DeserializeSeed<'de> for Canonical<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Canonical<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.write(b'n', b"");
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.write(b'b', &[value.into()]);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.number(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.number(number as f64)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.number(number)
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.write(b's', text.as_bytes());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.bytes.push(b'[');
        while items.next_element_seed(self.inner())?.is_some() {}
        self.bytes.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.bytes.push(b'{');
        let start = self.bytes.len();
        let mut values = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = self.bytes.len() - start;
            members.next_value_seed(self.inner())?;
            values.push((name, value..self.bytes.len() - start));
        }
        let written = self.bytes.split_off(start);
        // A stable sort: of duplicate names, the last one stays last.
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, value) in values {
            self.write(b's', name.as_bytes());
            self.bytes.extend_from_slice(written.get(value).unwrap_or_default());
        }
        self.bytes.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_same_value_are_the_same() {
        for same in [
            [r#"{"a":1,"b":[1,2]}"#, " { \"b\" : [ 1 , 2.0 ],\n\"a\": 1e0 } "],
            [r#"{"a":"\u00e9\/"}"#, r#"{"a":"é/"}"#],
            [
                r#"[5,-0.0,1e19,1.5,null,{"x":{"b":{},"a":[]}}]"#,
                r#"[5.0,0,10000000000000000000,15e-1,null,{"x":{"a":[],"b":{}}}]"#,
            ],
            ["[9007199254740993,0e9,-120]", "[9007199254740993.0,-0,-1.20e2]"],
            ["[0.1000000000000000055,1e300,5e-324]", "[1000000000000000055e-19,10E+299,0.5e-323]"],
            // Digits in strings and names are not numbers.
            [r#"{"1\"2":"3\\","a":4.0}"#, r#"{"a":4,"1\"2":"3\\"}"#],
        ] {
            let [one, other] = same.map(|text| canonical(text.as_bytes()).unwrap());
            assert_eq!(one, other, "{same:?}");
        }
        let different = [
            "1",
            "\"1\"",
            "1.5",
            "[1]",
            "[[1]]",
            "[1,2]",
            "[2,1]",
            "[12]",
            "null",
            "false",
            "true",
            "{}",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":null}"#,
            r#"{"b":1}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":1,"b":1}"#,
            r#"["a",1]"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":2,"a":1}"#,
            "9007199254740992",
            "9007199254740993",
            "9007199254740993.5",
            "0.1",
            "0.1000000000000000055",
            "0.10000000000000000555",
            "-0.10000000000000000555",
            "1e300",
            "1.0000000000000000001e300",
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            "1e-400",
            "1e-401",
            "1e-99999999999999999999",
            "\"\"",
            r#"["",""]"#,
            r#"[""]"#,
        ];
        let forms: std::collections::HashSet<_> =
            different.iter().map(|text| canonical(text.as_bytes()).unwrap()).collect();
        assert_eq!(forms.len(), different.len());
        // The form that earlier versions have recorded.
        assert_eq!(
            canonical(b"1.5"),
            Some([b"f\0\0\0\0\0\0\0\x08", &1.5_f64.to_be_bytes()[..]].concat())
        );
        assert_eq!(canonical(b"{"), None);
        assert_eq!(canonical(b"1 2"), None);
    }
}
