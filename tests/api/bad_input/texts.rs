//! Values for fields that hold text.

use super::{
    Verdict::{self, Fault, Taken, TakenOrRefused, Weak},
    values::{Values, all, deep},
};

fn text(of: &str) -> String {
    serde_json::Value::from(of).to_string()
}

/// Several texts, separated by ` | `.
fn texts(of: &str, verdict: Verdict) -> Values {
    of.split(" | ").map(|of| (text(of), verdict)).collect()
}

/// Values that are not strings, including extreme numbers.
fn not_text() -> Values {
    let mut values = all(
        r#" -1 0 -0.0 1.5 1e308 9223372036854775808 5e-324 true false [] {} ["x"] {"x":"x"} [null] "#,
        Fault("invalid_type"),
    );
    values.push((deep(63), Fault("invalid_type")));
    values
}

/// Values that are not strings, or do not have the format of the field.
fn not_of_form(code: &'static str, examples: &str) -> Values {
    let mut values = [not_text(), texts(examples, Fault(code))].concat();
    values.extend(["", "\0", " "].map(|of| (text(of), Fault(code))));
    values.extend(["x", "0", "🏃"].map(|of| (text(&of.repeat(10_000)), Fault(code))));
    values
}

pub fn email() -> Values {
    let mut values = not_of_form(
        "invalid_format",
        "ann | @ | ann@ | @example.com | ann@example | a b@example.com | a\0@example.com | a@b@c@ | NaN | \
         ann@exam\0ple.com | ann@example.com\0 | ann@-.com | ann@example..com | ann@\u{202e}example.com | \
         ann@xn--\u{80}.com | \u{feff}",
    );
    for long in ["a".repeat(60_000), "ä".repeat(20_000), "🏃".repeat(10_000), "a.".repeat(20_000)]
    {
        values.push((text(&format!("{long}@example.com")), Fault("invalid_format")));
        values.push((text(&format!("a@{long}.com")), Fault("invalid_format")));
    }
    values.extend(texts(" Tom@EXAMPLE.com  | jürgen@bücher.example", Taken));
    values
}

/// A new password. Any Unicode is allowed except NUL, which no text may contain.
pub fn new_password() -> Values {
    let mut values = not_text();
    values.extend(["", "\0", "1234567", "🏃🏃🏃🏃🏃🏃🏃"].map(|of| (text(of), Weak("too_short"))));
    let long = ["x".repeat(129), "x".repeat(60_000), "🏃".repeat(129)];
    values.extend(long.map(|long| (text(&long), Weak("too_long"))));
    values.push((text("seven\0silver swans"), Fault("invalid_format")));
    values.push((text(&"🏃".repeat(128)), Taken));
    values
}

/// Text that is only compared with a stored value, so no format is required: passwords and tokens.
pub fn secret() -> Values {
    let mut values =
        [not_text(), texts("x | NaN | \u{feff}\u{202e} | .. | %00 | null", Taken)].concat();
    values.extend(["", " ", "\0"].map(|of| (text(of), Taken)));
    values.extend(["x", "é", "🏃", "A", "="].map(|part| (text(&part.repeat(10_000)), Taken)));
    values.extend(["A", "B", "_"].map(|part| (text(&part.repeat(43)), Taken)));
    values
}

pub fn display_name() -> Values {
    let mut values = not_text();
    values.extend(["", " ", "\u{3000}\t\n"].map(|of| (text(of), Fault("too_short"))));
    values.extend(texts("\0 | a\0b | a\r\nb | a\u{1b}[0m | a\u{85}b", Fault("invalid_format")));
    let long = ["x".repeat(101), "🏃".repeat(10_000)];
    values.extend(long.map(|long| (text(&long), Fault("too_long"))));
    values.push((text(&"🏃".repeat(100)), Taken));
    values.extend(texts("NaN | Robert'); DROP TABLE users;-- | \\u0000", Taken));
    values
}

pub fn units() -> Values {
    let examples = "metric  | Metric | METRIC | metric\0 | nautical";
    let mut values = not_of_form("invalid_value", examples);
    values.extend(texts("metric | imperial", Taken));
    values
}

pub fn time_zone() -> Values {
    let examples = "europe | Europe/Rome\0 | +02:00 | Mars/Olympus | ../etc/passwd | '; --";
    let mut values = not_of_form("invalid_value", examples);
    values.extend(texts("Europe/Rome | America/Argentina/Buenos_Aires | UTC", Taken));
    values
}

pub fn phone_number() -> Values {
    let examples =
        "+ | +390612345678\0 | 0612345678 | +0390612345678 | NaN | +39 06 1234567 | +1e10";
    let mut values = not_of_form("invalid_format", examples);
    values.push((text(&format!("+{}", "1".repeat(60_000))), Fault("invalid_format")));
    values.push((text("+390612345678"), Taken));
    values
}

/// Six ASCII digits, with the spaces that people may copy along.
pub fn code() -> Values {
    let examples =
        "12345 | 1234567 | 12345a | １２３４５６ | ٣٤٥٦٧٨ | -12345 | 1e5 | 12345\0 | 123-456";
    let mut values = not_of_form("invalid_format", examples);
    values.extend(texts("000000 | 999999 |  123 456 ", Taken));
    values
}

pub fn channel() -> Values {
    let mut values = not_of_form("invalid_value", "Email | EMAIL | sms  | mail | pigeon");
    values.extend(texts("email", Taken));
    values
}

pub fn activity_type() -> Values {
    let examples = "Run | run  | tr ail | läufe | run\0 | a-b | a/b | %00 | ſ | NaN";
    let mut values = not_of_form("invalid_format", examples);
    values.push((text(&"a".repeat(33)), Fault("invalid_format")));
    values.extend(texts("run | _ | 0 | null", Taken));
    values
}

pub fn started_at() -> Values {
    let mut values = not_of_form(
        "invalid_format",
        "now | NaN | 1777881600 | 2026-05-04 | 08:00:00Z | 2026-05-04T08:00:00 | 2026-05-04T08:00Z | \
         2026-05-04T08:00:00Z\0 | 2026-05-04T08:00:00Zjunk | 2026-02-30T00:00:00Z | 2025-02-29T00:00:00Z | \
         2026-13-01T00:00:00Z | 2026-00-01T00:00:00Z | 2026-05-04T24:00:00Z | 2026-05-04T08:60:00Z | \
         2026-05-04T08:00:61Z | 2026-05-04T08:00:00.Z | 2026-05-04T08:00:00+24:00 | \
         2026-05-04T08:00:00+99:99 | +12345-01-01T00:00:00Z | 12345-01-01T00:00:00Z | -0001-01-01T00:00:00Z | \
         +2026-05-04T08:00:00Z | 99999999999-01-01T00:00:00Z | 2026-W19-1T08:00:00Z | ٢٠٢٦-05-04T08:00:00Z",
    );
    values.extend(texts(
        "0000-01-01T00:00:00Z | 0001-01-01T00:00:00+00:01 | 9999-12-31T23:59:59-00:01 | \
         9999-12-31T23:59:59-12:00 | 0000-12-31T23:59:59Z | 9999-12-31T23:59:60Z",
        Fault("out_of_range"),
    ));
    let fraction = format!("2026-05-04T08:00:00.{}Z", "9".repeat(10_000));
    values.push((text(&fraction), TakenOrRefused));
    values.extend(texts("2026-05-04T08:00:60Z | 2026-05-04 08:00:00Z", TakenOrRefused));
    values.extend(texts("2016-12-31T23:59:60Z | 1969-12-31T23:59:59.999999999Z", Taken));
    values
}

pub fn notes() -> Values {
    any_text(10_000)
}

pub fn name() -> Values {
    any_text(200)
}

fn any_text(max: usize) -> Values {
    let mut values = [not_text(), texts("\0 | a\0b", Fault("invalid_format"))].concat();
    values.extend(["x", "🏃"].map(|part| (text(&part.repeat(max + 1)), Fault("too_long"))));
    values.extend(["x", "🏃"].map(|part| (text(&part.repeat(max)), Taken)));
    values.extend(
        ["", " ", "\u{feff}\u{202e}\u{fffe}\u{10ffff}\u{1b}\r\n\t"].map(|of| (text(of), Taken)),
    );
    values.extend(texts("\\u0000 | NaN | null", Taken));
    values
}

pub fn source() -> Values {
    let examples = "manual  | Manual | MANUAL | manual\0 | import | strava | NaN";
    let mut values = not_of_form("invalid_value", examples);
    values.extend(texts("manual | garmin | apple | my-app | sync.py | 0", Taken));
    values
}
