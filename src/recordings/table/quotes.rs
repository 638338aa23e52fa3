//! Handles unclosed quotes. Each costs its own line, but not the lines after it.

/// The state of the parser within a record.
#[derive(Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote, which ends the field unless another quote follows.
    QuoteEnd,
}

/// The parts of a text between lines with an unclosed quote, and these lines, each with the number
/// of lines above it.
pub struct Parts<'a> {
    pub whole: Vec<(u64, &'a str)>,
    pub broken: Vec<u64>,
}

pub fn parts(text: &str, delimiter: u8) -> Parts<'_> {
    let mut parts = Parts { whole: Vec::new(), broken: Vec::new() };
    let (mut lines, mut first, mut start, mut at) = (0, 0, 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, is_closed) = record(rest.as_bytes(), delimiter);
        if is_closed {
            lines += rest.bytes().take(length).filter(|byte| *byte == b'\n').count() as u64;
            at += length;
            continue;
        }
        parts.whole.extend(text.get(start..at).map(|whole| (first, whole)));
        parts.broken.push(lines);
        lines += 1;
        at += rest.find('\n').map_or(rest.len(), |end| end + 1);
        (first, start) = (lines, at);
    }
    parts.whole.extend(text.get(start..).map(|whole| (first, whole)));
    parts
}

/// Returns the length of the first record, with its line ending, and whether its quotes are closed
/// at the ends of fields. Within a single line they need not be: `"5" tyre`.
fn record(bytes: &[u8], delimiter: u8) -> (usize, bool) {
    let (mut state, mut is_closed, mut is_long) = (State::FieldStart, true, false);
    for (at, byte) in bytes.iter().enumerate() {
        state = match (state, *byte) {
            (State::FieldStart | State::QuoteEnd, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::QuoteEnd,
            (State::Quoted, byte) => {
                is_long |= byte == b'\n';
                State::Quoted
            }
            (_, b'\n') => return (at + 1, is_closed),
            (_, byte) if byte == delimiter => {
                is_long = false;
                State::FieldStart
            }
            (State::QuoteEnd, b'\r' | b' ') => State::QuoteEnd,
            (State::QuoteEnd, _) => {
                is_closed &= !is_long;
                State::Plain
            }
            (State::FieldStart | State::Plain, _) => State::Plain,
        };
    }
    (bytes.len(), is_closed && state != State::Quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_not_closed_loses_its_line() {
        for (text, whole, broken) in [
            ("a,b\nc,d\n", &[(0, "a,b\nc,d\n")][..], &[][..]),
            ("a,\"b\nc\",d\ne\n", &[(0, "a,\"b\nc\",d\ne\n")], &[]),
            ("a,\"b \"\"c\"\" d\n\"\n", &[(0, "a,\"b \"\"c\"\" d\n\"\n")], &[]),
            ("a,5\" b\nc,\"d\" e\nf\n", &[(0, "a,5\" b\nc,\"d\" e\nf\n")], &[]),
            ("a\nb,\"c\nd\ne\n", &[(0, "a\n"), (2, "d\ne\n")], &[1]),
            ("a,\"b\nc,\"d\"\n", &[(0, ""), (1, "c,\"d\"\n")], &[0]),
            ("a,\"b\nc,\"d\ne", &[(0, ""), (1, ""), (2, "e")], &[0, 1]),
            ("a,\"b\" c", &[(0, "a,\"b\" c")], &[]),
            ("a,\"b", &[(0, ""), (1, "")], &[0]),
        ] {
            let parts = parts(text, b',');
            assert_eq!(
                (parts.whole.as_slice(), parts.broken.as_slice()),
                (whole, broken),
                "{text}"
            );
        }
    }
}
