//! What PostgreSQL cannot store, and what nobody should send: NUL, and JSON without a bottom.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// Levels of arrays and objects that a body may nest.
const MAX_DEPTH: usize = 64;

/// Whether a JSON text nests deeper than allowed. Reads brackets outside strings; whether it
/// is JSON at all is the parser's business.
pub fn is_too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Why `text` cannot be kept: its code and a sentence without a subject.
pub fn check_text(text: &str, max_chars: usize) -> Result<(), (&'static str, String)> {
    if text.contains('\0') {
        return Err(("invalid_format", "must not contain a NUL character".into()));
    }
    if text.chars().count() > max_chars {
        return Err(("too_long", format!("must have at most {max_chars} characters")));
    }
    Ok(())
}

/// Why `json` cannot be kept as JSONB of at most `max_bytes`, as PostgreSQL will write it: `1e308` as
/// a one with 308 zeros.
pub fn check_json(json: &str, max_bytes: usize) -> Result<(), (&'static str, String)> {
    let found = serde_json::from_str::<Found>(json);
    let Found { has_nul, digits } =
        found.map_err(|error| ("invalid_format", format!("is not valid: {error}")))?;
    if has_nul {
        return Err(("invalid_format", "must not contain a NUL character".into()));
    }
    if json.len() + digits > max_bytes {
        return Err(("too_long", format!("must have at most {} KiB", max_bytes / 1024)));
    }
    Ok(())
}

/// What is found in a JSON value by reading it, without building it.
#[derive(Default)]
struct Found {
    has_nul: bool,
    /// That PostgreSQL will write besides those that are there.
    digits: usize,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.has_nul |= other.has_nul;
        self.digits += other.digits;
    }
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Found, E> {
        let magnitude = if number == 0.0 { 0.0 } else { number.abs().log10().abs() };
        Ok(Found { has_nul: false, digits: magnitude as usize })
    }

    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        Ok(Found { has_nul: text.contains('\0'), digits: 0 })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(item) = items.next_element()? {
            found.add(item);
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some((name, value)) = members.next_entry::<Found, Found>()? {
            found.add(name);
            found.add(value);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count() {
        assert!(!is_too_deep("[".repeat(64).as_bytes()));
        assert!(is_too_deep("[".repeat(65).as_bytes()));
        assert!(!is_too_deep(
            format!("[\"{}\\\"{}\"]", "[".repeat(100), "{".repeat(100)).as_bytes()
        ));
    }
}
