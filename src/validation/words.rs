//! Translates serde's error messages for people who know JSON but not Rust.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Number;

use super::Fault;

/// The name and error of a field that is missing or duplicate. `None` for any other message.
pub fn of_presence(problem: &str) -> Option<(&str, Fault)> {
    let (name, code, message) = match problem.strip_prefix("missing field ") {
        Some(name) => (name, "missing", "is missing"),
        None => (problem.strip_prefix("duplicate field ")?, "duplicate", "is given twice"),
    };
    Some((name.trim_matches('`'), (code, message.to_owned())))
}

/// The error of a value: a code, and a sentence without a subject. Messages that are not serde's
/// are this server's own and stay unchanged.
pub fn of_value(problem: &str) -> Fault {
    let must_be = |code, what: &str| (code, format!("must be {what}"));
    if let Some((_, expected)) = problem.rsplit_once(", expected ") {
        if problem.starts_with("unknown variant ") {
            return must_be("invalid_value", &one_of(expected));
        }
        let is_number = expected.starts_with(['i', 'u']) && expected != "unit";
        let is_whole = problem.starts_with("invalid value: integer ");
        return match expected {
            _ if is_number && is_whole => ("out_of_range", "is too large or too small".to_owned()),
            _ if is_number => must_be("invalid_type", "a whole number"),
            "f32" | "f64" | "a JSON number" => must_be("invalid_type", "a number"),
            "a boolean" => must_be("invalid_type", "true or false"),
            // Including the messages of this server's own types.
            "a map" | "a JSON object" => must_be("invalid_type", "a JSON object"),
            "a list" => must_be("invalid_type", "a list"),
            _ if expected.starts_with("struct ") => must_be("invalid_type", "a JSON object"),
            _ if expected.starts_with("a sequence") => must_be("invalid_type", "a list"),
            _ if expected.contains("UUID") => must_be("invalid_type", A_UUID),
            _ => must_be("invalid_type", "a string"),
        };
    }
    match problem {
        // The message for a member name, which must be a string.
        "expected value" => must_be("invalid_type", "a string"),
        // Also the message for a negative number where only unsigned numbers are allowed.
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            must_be("invalid_type", "a whole number within its limits")
        }
        "invalid float literal" => must_be("invalid_type", "a number"),
        _ if problem.starts_with(OUT_OF_RANGE) => ("out_of_range", problem.to_owned()),
        _ if problem.starts_with("number too ") => {
            ("out_of_range", "is too large or too small".to_owned())
        }
        _ if problem.starts_with("provided string was not ") => {
            must_be("invalid_type", "true or false")
        }
        _ if problem.starts_with("UUID parsing failed") => must_be("invalid_format", A_UUID),
        ours => ("invalid_type", ours.to_owned()),
    }
}

/// A serde_json error as a sentence.
pub fn json_problem(problem: &str) -> String {
    let Some((problem, _)) = problem.rsplit_once(" at line ") else { return problem.to_owned() };
    match of_presence(problem) {
        Some((name, (_, message))) => format!("{name} {message}"),
        None => match of_value(problem) {
            (_, message) if message.starts_with("must ") => format!("a value {message}"),
            (_, message) => message,
        },
    }
}

/// The start of the message of [`whole`]; the bounds follow.
const OUT_OF_RANGE: &str = "must be between ";

const A_UUID: &str = "a UUID such as 5f0c8a52-9a3e-4c1b-8f9e-2d6b7a1c0e34";

/// Formats `` one of `a`, `b`, `c` `` as `a, b or c`.
fn one_of(expected: &str) -> String {
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        [only] => (*only).to_owned(),
        _ => "something else".to_owned(),
    }
}

/// Parses a number without a fraction. As in JSON Schema, `140.0` is accepted like `140`. `MIN` and
/// `MAX` are the bounds of the field. They are used only in the error for a number that does not
/// fit `T`; the caller must check numbers that do.
pub fn whole<'de, const MIN: i64, const MAX: i64, D, T>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let value = number.as_f64().unwrap_or(f64::NAN);
    if value.fract() != 0.0 {
        return Err(D::Error::custom("must be a whole number"));
    }
    // A number too large for an i64 saturates, and stays too large.
    let fits = T::try_from(number.as_i64().unwrap_or(value as i64)).ok();
    let problem = || D::Error::custom(format_args!("{OUT_OF_RANGE}{MIN} and {MAX}"));
    fits.map(Some).ok_or_else(problem)
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::validation::Object;

    fn problem<T: DeserializeOwned>(json: &str) -> Fault {
        let error = serde_json::from_str::<T>(json).err().unwrap().to_string();
        of_value(error.rsplit_once(" at line ").map_or(error.as_str(), |(problem, _)| problem))
    }

    #[test]
    fn a_sentence_needs_no_field() {
        for (problem, said) in [
            ("missing field `id` at line 1 column 2", "id is missing"),
            (
                "invalid type: map, expected u32 at line 1 column 2",
                "a value must be a whole number",
            ),
            ("not of serde_json", "not of serde_json"),
        ] {
            assert_eq!(json_problem(problem), said);
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Green,
        Blue,
    }

    #[derive(Debug, Deserialize)]
    struct Whole {
        #[serde(deserialize_with = "whole::<1, 300, _, _>")]
        n: Option<u32>,
    }

    #[test]
    fn what_serde_says_is_said_without_the_names_of_types() {
        for (fault, code, message) in [
            (problem::<u32>("\"x\""), "invalid_type", "must be a whole number"),
            (problem::<u32>("1.5"), "invalid_type", "must be a whole number"),
            (problem::<u32>("-1"), "out_of_range", "is too large or too small"),
            (problem::<i64>("[]"), "invalid_type", "must be a whole number"),
            (problem::<f64>("{}"), "invalid_type", "must be a number"),
            (problem::<Number>("{}"), "invalid_type", "must be a number"),
            (problem::<bool>("1"), "invalid_type", "must be true or false"),
            (problem::<String>("1"), "invalid_type", "must be a string"),
            (problem::<Vec<u32>>("1"), "invalid_type", "must be a list"),
            (problem::<Whole>("1"), "invalid_type", "must be a JSON object"),
            (problem::<Object<Whole>>("[]"), "invalid_type", "must be a JSON object"),
            (problem::<Object<Whole>>("\"x\""), "invalid_type", "must be a JSON object"),
            (problem::<uuid::Uuid>("1"), "invalid_type", &*format!("must be {A_UUID}")),
            (problem::<uuid::Uuid>("\"x\""), "invalid_format", &*format!("must be {A_UUID}")),
            (problem::<Colour>("\"x\""), "invalid_value", "must be red, green or blue"),
            (
                problem::<Colour>("\"x, expected `y`\""),
                "invalid_value",
                "must be red, green or blue",
            ),
            (problem::<Colour>("1"), "invalid_type", "must be a string"),
            (problem::<Whole>("{\"n\":1.5}"), "invalid_type", "must be a whole number"),
            (problem::<Whole>("{\"n\":-1}"), "out_of_range", "must be between 1 and 300"),
            (problem::<Whole>("{\"n\":1e300}"), "out_of_range", "must be between 1 and 300"),
        ] {
            assert_eq!(fault, (code, message.to_owned()));
        }
        for text in ["140", "140.0", "1.4e2", "1400e-1"] {
            let whole: Whole = serde_json::from_str(&format!("{{\"n\":{text}}}")).unwrap();
            assert_eq!(whole.n, Some(140), "{text}");
        }
    }
}
