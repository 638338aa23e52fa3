//! The heads of responses (RFC 9112), rewritten so that awc reads them correctly.

use std::io;

/// The headers by which awc frames the body, and those that callers read. awc accepts
/// at most 96 headers.
const KEPT: [&str; 4] = ["content-length", "transfer-encoding", "content-type", "retry-after"];

/// A response head, classified by what follows it.
#[derive(Debug, PartialEq, Eq)]
pub enum Head {
    /// 100, 102, 103: the final response is still to come (RFC 9110, section 15.2).
    Interim,
    /// The rewritten head for awc.
    Final {
        bytes: Vec<u8>,
        /// The body ends when the connection is closed (RFC 9112, section 6.3).
        until_close: bool,
    },
}

/// The end of the head at the start of `bytes`, if it is complete. Searches from `from`.
pub fn end(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find_map(|at| match bytes.get(at..)? {
        [b'\n', b'\r', b'\n', ..] => Some(at + 3),
        [b'\n', b'\n', ..] => Some(at + 2),
        _ => None,
    })
}

/// Whether `bytes` can be the start of a response.
pub fn is_plausible(bytes: &[u8]) -> bool {
    const VERSION: &[u8] = b"HTTP/1.";
    bytes.iter().zip(VERSION).all(|(byte, expected)| byte == expected)
}

impl Head {
    /// Reads a complete head.
    ///
    /// # Errors
    /// If it is not an HTTP/1 response head, or has contradicting body lengths.
    pub fn read(head: &[u8]) -> io::Result<Self> {
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let (minor, status) = lines
            .next()
            .and_then(status_line)
            .ok_or_else(|| invalid("the response is not HTTP"))?;
        match status {
            101 => {
                return Err(invalid("the response switches to a protocol that was not requested"));
            }
            100..200 => return Ok(Self::Interim),
            _ => {}
        }
        let mut kept: Vec<(&str, &[u8])> = Vec::new();
        for (name, value) in lines.filter_map(field) {
            match kept.iter().find(|(other, _)| *other == name) {
                None => kept.push((name, value)),
                Some((_, other)) if *other == value || !is_framing(name) => {}
                Some(_) => return Err(invalid("the response has more than one length")),
            }
        }
        // Neither status has a body (RFC 9110, sections 15.3.5 and 15.4.5),
        // whatever the headers say.
        let has_body = status != 204 && status != 304;
        kept.retain(|(name, _)| has_body || !is_framing(name));
        let is_framed = |(name, value): &(&str, &[u8])| match *name {
            "content-length" => true,
            "transfer-encoding" => minor != b'0' && !value.eq_ignore_ascii_case(b"identity"),
            _ => false,
        };
        let until_close = has_body && !kept.iter().any(is_framed);
        // awc reads until the end of the connection only for HTTP/1.0.
        let minor = if until_close { '0' } else { char::from(minor) };
        let mut bytes = format!("HTTP/1.{minor} {status}\r\n").into_bytes();
        for (name, value) in kept {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        Ok(Self::Final { bytes, until_close })
    }
}

/// The minor version, as a digit, and the status.
fn status_line(line: &[u8]) -> Option<(u8, u16)> {
    let (minor, rest) = line.strip_prefix(b"HTTP/1.")?.split_first()?;
    let rest = rest.strip_prefix(b" ")?;
    let (digits, reason) = rest.split_at_checked(3)?;
    let status: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let is_status = status >= 100 && (reason.is_empty() || reason.starts_with(b" "));
    (matches!(minor, b'0' | b'1') && is_status).then_some((*minor, status))
}

/// The header in this line, if it is one of [`KEPT`].
fn field(line: &[u8]) -> Option<(&'static str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let kept = KEPT.into_iter().find(|kept| name.eq_ignore_ascii_case(kept.as_bytes()))?;
    Some((kept, value.get(1..)?.trim_ascii()))
}

fn is_framing(name: &str) -> bool {
    matches!(name, "content-length" | "transfer-encoding")
}

pub fn invalid(sentence: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head as passed to awc, with `~` for line ends, and whether the body ends
    /// with the connection.
    fn read(head: &str) -> String {
        match Head::read(head.replace('~', "\r\n").as_bytes()) {
            Ok(Head::Interim) => "interim".to_owned(),
            Ok(Head::Final { bytes, until_close }) => {
                let text = String::from_utf8(bytes).unwrap().replace("\r\n", "~");
                format!("{text}{}", if until_close { "until close" } else { "" })
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn heads_are_read_and_rewritten() {
        let many: String = (0..1000).map(|n| format!("x-{n}: 1~")).collect();
        let not_http = "the response is not HTTP";
        for (head, expected) in [
            ("HTTP/1.1 200 OK~Content-Length:5~Server: x~~", "HTTP/1.1 200~content-length: 5~~"),
            (
                "HTTP/1.1 200 OK~content-length: 5~Content-Length:  5 ~~",
                "HTTP/1.1 200~content-length: 5~~",
            ),
            (
                "HTTP/1.1 200 OK~content-length: 5~content-length: 6~~",
                "the response has more than one length",
            ),
            ("HTTP/1.1 200\ncontent-length: 5\n\n", "HTTP/1.1 200~content-length: 5~~"),
            (
                "HTTP/1.1 200 OK~transfer-encoding: chunked~~",
                "HTTP/1.1 200~transfer-encoding: chunked~~",
            ),
            (
                "HTTP/1.1 200 OK~transfer-encoding: identity~~",
                "HTTP/1.0 200~transfer-encoding: identity~~until close",
            ),
            (
                "HTTP/1.0 200 OK~transfer-encoding: chunked~~",
                "HTTP/1.0 200~transfer-encoding: chunked~~until close",
            ),
            ("HTTP/1.1 200 OK~~", "HTTP/1.0 200~~until close"),
            ("HTTP/1.1 204 No Content~content-length: 7~~", "HTTP/1.1 204~~"),
            ("HTTP/1.1 304 ~transfer-encoding: chunked~~", "HTTP/1.1 304~~"),
            (
                &format!("HTTP/1.1 429 Slow~{many}retry-after: 7~retry-after: 8~~"),
                "HTTP/1.0 429~retry-after: 7~~until close",
            ),
            ("HTTP/1.1 100 Continue~~", "interim"),
            ("HTTP/1.1 102 Processing~content-length: 7~~", "interim"),
            ("HTTP/1.1 103 Early Hints~link: </a>~~", "interim"),
            (
                "HTTP/1.1 101 Switching~~",
                "the response switches to a protocol that was not requested",
            ),
            ("HTTP/1.1 200OK~~", not_http),
            ("HTTP/1.1 099 X~~", not_http),
            ("HTTP/1.1 +20 X~~", not_http),
            ("HTTP/1.1 2000~~", not_http),
            ("HTTP/1.2 200 OK~~", not_http),
            ("HTTP/2 200~~", not_http),
            ("<html>~~", not_http),
            ("~~", not_http),
        ] {
            assert_eq!(read(head), expected, "{head}");
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line() {
        for (bytes, expected) in [
            (&b"HTTP/1.1 200 OK\r\n\r\nbody"[..], Some(19)),
            (b"HTTP/1.1 200 OK\n\nbody", Some(17)),
            (b"HTTP/1.1 200 OK\n\r\nbody", Some(18)),
            (b"HTTP/1.1 200 OK\r\n", None),
            (b"HTTP/1.1 200 OK\r\n\r", None),
            (b"", None),
        ] {
            assert_eq!(end(bytes, 0), expected);
        }
        assert_eq!(end(b"a\n\nb\n\nc", 2), Some(6));
        assert!(is_plausible(b"") && is_plausible(b"HTT") && is_plausible(b"HTTP/1.1 200"));
        assert!(!is_plausible(b"HTTP/2") && !is_plausible(b"\x15\x03"));
    }
}
