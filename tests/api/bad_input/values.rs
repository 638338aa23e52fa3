//! Values for all fields, and for numbers and objects. All are JSON text.

use super::Verdict::{self, Fault, NoJson, Refused, Taken, TakenOrRefused};

pub type Values = Vec<(String, Verdict)>;

/// JSON texts, separated by white space.
pub fn all(texts: &str, verdict: Verdict) -> Values {
    texts.split_whitespace().map(|raw| (raw.to_owned(), verdict)).collect()
}

/// Nested arrays. Within a body they are one level deeper.
pub fn deep(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Values that no field accepts: they are not JSON, or cannot be stored.
pub fn no_json() -> Values {
    let mut values = all(
        r#" "\u00" "\x" NaN Infinity -Infinity +1 1. .5 01 1e --1 'x' undefined True } : , "#,
        NoJson,
    );
    values.extend(["", "\"a\nb\"", "\"\0\"", "\"a"].map(|raw| (raw.to_owned(), NoJson)));
    values.extend([(deep(64), NoJson), (format!("\"{}", "x".repeat(60_000)), NoJson)]);
    // JSON to a parser that does not look into strings and numbers.
    values.extend(all(r#" "\ud800" "\udfff" "a\ud83dz" "\ude00\ud83d" 1e400 -1e400 "#, Refused));
    // The parser may notice the wrong type before the syntax error.
    values.extend(all(r#" 0x10 [ [1,] {"a"} {"a":1 tru nul "#, Refused));
    values
}

/// Values of a member that the server does not know: anything that is JSON.
pub fn unknown() -> Values {
    let mut values = all(r#" null 7 true -1e308 "" [[],{}] {"id":{"id":null}} "\u0000" "#, Taken);
    values.extend([(deep(63), Taken), (format!("{:?}", "é".repeat(10_000)), Taken)]);
    values.extend(all(r#" "\ud800" 1e400 "#, TakenOrRefused));
    values.extend([(deep(64), NoJson), ("[1,]".to_owned(), NoJson)]);
    values
}

/// Values that are not numbers, or above `max`.
fn not_number(max: u32) -> Values {
    let mut values =
        all(r#" "" "1800" "NaN" "\u0000" true false [] [1] {} {"a":1} "#, Fault("invalid_type"));
    values.push((deep(63), Fault("invalid_type")));
    values.extend(all(
        "-1 -1e308 1e308 9223372036854775807 9223372036854775808 -9223372036854775809
         18446744073709551616 4294967296 2147483648 1e10",
        Fault("out_of_range"),
    ));
    values.push((format!("1{}", "0".repeat(300)), Fault("out_of_range")));
    values.extend([((max + 1).to_string(), Fault("out_of_range")), (max.to_string(), Taken)]);
    values.extend(all("0 -0 -0.0 0e0 1.0 1E2 0e400", Taken));
    values
}

pub fn whole_number(max: u32) -> Values {
    [not_number(max), all("1.5 0.1 -0.5 5e-324", Fault("invalid_type"))].concat()
}

pub fn number(max: u32) -> Values {
    let (below, above) = (f64::from(max) - 0.01, f64::from(max) + 0.01);
    let mut values = [not_number(max), all("1.5 0.1 5e-324 1e-400", Taken)].concat();
    values.extend(all("-5e-324 -0.1", Fault("out_of_range")));
    values.extend([(below.to_string(), Taken), (above.to_string(), Fault("out_of_range"))]);
    values
}

pub fn device_data() -> Values {
    let mut values =
        all(r#" "" "x" "\u0000" 7 1e308 -0.0 true [] [{"a":1}] "#, Fault("invalid_type"));
    values.extend(all(
        r#" {"a":"\u0000"} {"\u0000":1} {"a":[{"b":{"c\u0000":1}}]} {"a":["x",["y\u0000"]]} "#,
        Fault("invalid_format"),
    ));
    values.extend(all(r#" {"a":"\ud800"} {"\udc00":1} {"a":1e400} "#, Fault("invalid_format")));
    values.extend(all(
        r#" {"a":1e-16000} {"a":[-1E-16384]} {"a":{"b":0e-20000}} {"a":123.0e-10000000} {"a":1e20000} "#,
        Fault("out_of_range"),
    ));
    values.extend(all(r#" {"a":NaN} {"a":+1} {"a":'x'} "#, NoJson));
    values.extend(all(
        r#" {} {"":""} {"a":1e308,"b":-1e308,"c":5e-324,"d":-0.0,"e":1.7976931348623157e308}
            {"a":18446744073709551615,"b":-9223372036854775808,"c":123456789012345678901234567890}
            {"a":1,"a":{"b":null},"a":[]} {"a":"\ud83d\ude00\ufffe\uffff\u0001"} {"a":"\\u0000"}
            {"$serde_json::private::Number":"NaN"} "#,
        Taken,
    ));
    let (data, many) = ("x".repeat(512 * 1024 - 8), "\"k\":{},".repeat(20_000));
    values.extend([
        (format!(r#"{{"d":"{data}"}}"#), Taken),
        (format!(r#"{{"d":"x{data}"}}"#), Fault("too_long")),
        (format!(r#"{{{many}"z":0}}"#), Taken),
        (format!(r#"{{"a":{}}}"#, deep(62)), Taken),
        (format!(r#"{{"a":{}}}"#, deep(63)), NoJson),
    ]);
    values
}

/// Values of a preference.
pub fn preference() -> Values {
    let mut values =
        all(r#" null 7 -0.5 1e308 5e-324 true [] [null] {} "" {"":null} "\\u0000" "#, Taken);
    values.extend(no_json());
    values.extend(all(r#" "\u0000" {"\u0000":1} [{"a":"b\u0000"}] "#, Fault("invalid_format")));
    values.push((format!("\"{}\"", "x".repeat(16 * 1024)), Fault("too_long")));
    values.extend([(deep(63), Taken), ("1.7976931348623157e308".to_owned(), Taken)]);
    values
}
