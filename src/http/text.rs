//! What PostgreSQL cannot store, and what nobody should send: NUL, and JSON without a bottom.

use serde_json::Value;

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

/// Why `value` cannot be kept as JSONB of at most `max_bytes` (counted without white space).
pub fn check_json(value: &Value, max_bytes: usize) -> Result<(), (&'static str, String)> {
    if has_nul(value) {
        return Err(("invalid_format", "must not contain a NUL character".into()));
    }
    if value.to_string().len() > max_bytes {
        return Err(("too_long", format!("must have at most {} KiB", max_bytes / 1024)));
    }
    Ok(())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
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
