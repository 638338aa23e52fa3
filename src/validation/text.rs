//! Checks for text and JSON that PostgreSQL cannot store or that is too large: NUL characters, deep
//! nesting, long numbers.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// The maximum nesting of arrays and objects in a body.
const MAX_DEPTH: usize = 64;

/// Whether a JSON text is nested too deeply. Counts the brackets outside of strings, and does not
/// check that the text is valid JSON.
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

/// Why `text` cannot be stored: a code, and a sentence without a subject.
pub fn check_text(text: &str, max_chars: usize) -> Result<(), (&'static str, String)> {
    if text.contains('\0') {
        return Err(("invalid_format", "must not contain a NUL character".into()));
    }
    if text.chars().count() > max_chars {
        return Err(("too_long", format!("must have at most {max_chars} characters")));
    }
    Ok(())
}

/// The maximum number of digits of a number without its exponent, including zeros. PostgreSQL
/// stores up to 16 383 digits after the decimal point. A double in JSON needs at most 341.
const MAX_DIGITS: usize = 1000;

/// Why `json` cannot be stored as JSONB of at most `max_bytes`. Counts the bytes that PostgreSQL
/// writes: `1e308` becomes a one with 308 zeros, `1e-308` has 308 digits after the decimal point.
pub fn check_json(json: &str, max_bytes: usize) -> Result<(), (&'static str, String)> {
    let mut bytes = json.len();
    for number in numbers(json) {
        let digits = digits(number);
        if digits > MAX_DIGITS {
            let problem = format!("must not contain a number of more than {MAX_DIGITS} digits");
            return Err(("out_of_range", problem));
        }
        if digits > f64::MAX_10_EXP.unsigned_abs() as usize
            && !number.parse().is_ok_and(f64::is_finite)
        {
            let problem = "must not contain a number beyond 1.8e308";
            return Err(("invalid_format", problem.into()));
        }
        bytes += digits.saturating_sub(number.len());
    }
    // The text is known to be valid JSON, and its numbers can be parsed.
    let HasNul(has_nul) = serde_json::from_str(json)
        .map_err(|_| ("invalid_format", "must not contain an unpaired surrogate".to_owned()))?;
    if has_nul {
        return Err(("invalid_format", "must not contain a NUL character".into()));
    }
    if bytes > max_bytes {
        return Err(("too_long", format!("must have at most {} KiB", max_bytes / 1024)));
    }
    Ok(())
}

/// The size of a JSON text as PostgreSQL writes it, without spaces between tokens.
pub fn json_bytes(json: &str) -> usize {
    let (mut in_string, mut escaped) = (false, false);
    let kept = json.bytes().filter(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
        in_string || !byte.is_ascii_whitespace()
    });
    let zeros = numbers(json).map(|number| digits(number).saturating_sub(number.len()));
    zeros.fold(kept.count(), usize::saturating_add)
}

/// The numbers in a JSON text, as written there.
pub fn numbers(json: &str) -> impl Iterator<Item = &str> {
    let (mut in_string, mut escaped) = (false, false);
    let pieces = json.split(move |c: char| {
        let is_inside = in_string;
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        is_inside || !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')
    });
    pieces.filter(|piece| piece.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

/// The number of digits of a JSON number without an exponent, as `numeric` writes it.
fn digits(number: &str) -> usize {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let length = |digits: &str| i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // An exponent that does not fit an i64 exceeds the limit in either direction.
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX);
    let before = length(whole).saturating_add(exponent).max(1);
    let behind = length(fraction).saturating_sub(exponent).max(0);
    usize::try_from(before.saturating_add(behind)).unwrap_or(usize::MAX)
}

/// Whether a string or a member name in a JSON text contains NUL, found without building the value.
struct HasNul(bool);

impl<'de> Deserialize<'de> for HasNul {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = HasNul;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_unit<E>(self) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_str<E>(self, text: &str) -> Result<HasNul, E> {
        Ok(HasNul(text.contains('\0')))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<HasNul, A::Error> {
        let mut found = HasNul(false);
        while let Some(HasNul(item)) = items.next_element()? {
            found.0 |= item;
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<HasNul, A::Error> {
        let mut found = HasNul(false);
        while let Some((HasNul(name), HasNul(value))) = members.next_entry()? {
            found.0 |= name | value;
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
    #[test]
    fn digits_are_counted_as_postgresql_writes_them() {
        let found: Vec<_> = numbers(r#"{"1e9":[-1e-5,12.5E+1,true,"7\"8",0],"é":1e400}"#).collect();
        assert_eq!(found, ["-1e-5", "12.5E+1", "0", "1e400"]);
        for (number, written) in [
            ("0", 1),
            ("-12.50", 4),
            ("1e3", 4),
            ("1e-3", 4),
            ("-12.5e-3", 5),
            ("0e-20", 21),
            ("4.9406564584124654e-324", 341),
            ("1e-16384", 16_385),
            ("1e-1000000000", 1_000_000_001),
        ] {
            assert_eq!(digits(number), written, "{number}");
        }
        for beyond in ["1e-99999999999999999999", "0e9223372036854775807"] {
            assert!(digits(beyond) > 1 << 60, "{beyond}");
        }
    }

    #[test]
    fn bytes_are_counted_without_spaces_and_with_all_digits() {
        assert_eq!(
            json_bytes(r#" { "a \" b" : [ 1e3 , 0.5 ] } "#),
            r#"{"a \" b":[1000,0.5]}"#.len()
        );
    }

    #[test]
    fn a_number_is_bounded_by_its_digits() {
        let fault = |json: &str| check_json(json, 4096).err().map(|(code, _)| code);
        for json in ["[1e-998]", "[0e400]", "[1.7976931348623157e308]", "[\"1e-16000\"]"] {
            assert_eq!(fault(json), None, "{json}");
        }
        for json in ["[1e-16000]", "{\"a\":-1E-16384}", "[0e-20000]", "[1e20000]"] {
            assert_eq!(fault(json), Some("out_of_range"), "{json}");
        }
        assert_eq!(fault("[1e-999,1e-999,1e-999,1e-999,1e-999]"), Some("too_long"));
        assert_eq!(fault("[1e400]"), Some("invalid_format"));
    }
}
