//! JSON by its value: the same bytes for texts that differ in whitespace, in the order of members,
//! in escapes, or in how a number is written (`5`, `5.0`, `5e0`).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The canonical form of a JSON text; `None` when it is no JSON.
pub fn canonical(json: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(json.len());
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Canonical(&mut bytes).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(bytes)
}

/// Writes one value. Every form says where it ends, so that two values never run into each other.
struct Canonical<'a>(&'a mut Vec<u8>);

impl Canonical<'_> {
    fn write(&mut self, kind: u8, content: &[u8]) {
        self.0.push(kind);
        self.0.extend_from_slice(&content.len().to_be_bytes());
        self.0.extend_from_slice(content);
    }
}

impl<'de> DeserializeSeed<'de> for Canonical<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Canonical<'_> {
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

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.write(b'i', &i128::from(number).to_be_bytes());
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.write(b'i', &i128::from(number).to_be_bytes());
        Ok(())
    }

    fn visit_f64<E>(mut self, number: f64) -> Result<(), E> {
        if number.fract() == 0.0 && number.abs() <= 2_f64.powi(64) {
            self.write(b'i', &(number as i128).to_be_bytes());
        } else {
            self.write(b'f', &number.to_be_bytes());
        }
        Ok(())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.write(b's', text.as_bytes());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        while items.next_element_seed(Canonical(self.0))?.is_some() {}
        self.0.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.0.push(b'{');
        let start = self.0.len();
        let mut values = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = self.0.len() - start;
            members.next_value_seed(Canonical(self.0))?;
            values.push((name, value..self.0.len() - start));
        }
        let written = self.0.split_off(start);
        // Stable: of a name that is given twice, the last still comes last.
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, value) in values {
            self.write(b's', name.as_bytes());
            self.0.extend_from_slice(written.get(value).unwrap_or_default());
        }
        self.0.push(b'}');
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
            "\"\"",
            r#"["",""]"#,
            r#"[""]"#,
        ];
        let forms: std::collections::HashSet<_> =
            different.iter().map(|text| canonical(text.as_bytes()).unwrap()).collect();
        assert_eq!(forms.len(), different.len());
        assert_eq!(canonical(b"{"), None);
        assert_eq!(canonical(b"1 2"), None);
    }
}
