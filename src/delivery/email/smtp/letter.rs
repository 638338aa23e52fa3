//! A message with its envelope, ready to be sent to a server.

use lettre::Address;

use super::{Enhanced, Extensions};

/// A message for one recipient.
pub struct Letter {
    pub from: Address,
    pub to: Address,
    /// The text in wire format, with the final dot.
    pub data: Vec<u8>,
    size: usize,
    is_ascii: bool,
}

impl Letter {
    pub fn new(from: Address, to: Address, message: &[u8]) -> Self {
        let (size, is_ascii) = (message.len(), message.is_ascii());
        Self { from, to, data: for_the_wire(message), size, is_ascii }
    }

    /// The parameters of MAIL for a server that offers `extensions`, each preceded by a space.
    ///
    /// # Errors
    /// If the server cannot accept the message, so that a retry is useless. The code says why (RFC
    /// 3463; RFC 6531, section 3.5).
    pub fn parameters(&self, extensions: &Extensions) -> Result<&'static str, Enhanced> {
        let no = |subject, detail| Err(Enhanced { class: 5, subject, detail });
        let needs_utf8 = [&self.from, &self.to].iter().any(|a| !AsRef::<str>::as_ref(a).is_ascii());
        if extensions.size.is_some_and(|most| self.size > most) {
            return no(3, 4);
        }
        match (needs_utf8, self.is_ascii) {
            (true, _) if !extensions.smtp_utf8 => no(6, 7),
            (true, true) => Ok(" SMTPUTF8"),
            (true, false) => Ok(" BODY=8BITMIME SMTPUTF8"),
            (false, true) => Ok(""),
            (false, false) if extensions.eight_bit_mime => Ok(" BODY=8BITMIME"),
            (false, false) => no(6, 3),
        }
    }
}

/// Converts to wire format: all lines end with CRLF, a dot at the beginning of a line is doubled,
/// and a line with a single dot ends the text (RFC 5321, sections 2.3.8 and 4.5.2).
fn for_the_wire(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + 64);
    let (mut is_line_start, mut previous) = (true, 0);
    for &byte in message {
        match byte {
            b'\n' if previous == b'\r' => {}
            b'\r' | b'\n' => {
                wire.extend(b"\r\n");
                is_line_start = true;
            }
            _ => {
                if is_line_start && byte == b'.' {
                    wire.push(b'.');
                }
                wire.push(byte);
                is_line_start = false;
            }
        }
        previous = byte;
    }
    if !is_line_start {
        wire.extend(b"\r\n");
    }
    wire.extend(b".\r\n");
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_stuffed_and_lines_end_properly() {
        for (message, wire) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a\nb\rc\r\n", "a\r\nb\r\nc\r\n.\r\n"),
            (".\r\n..\r\n.a.\r\n", "..\r\n...\r\n..a.\r\n.\r\n"),
            ("a\r\n.\r\nMAIL FROM:<x>\r\n", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
            ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"),
            ("\r\n\r\n", "\r\n\r\n.\r\n"),
        ] {
            assert_eq!(for_the_wire(message.as_bytes()), wire.as_bytes(), "{message:?}");
        }
    }

    #[test]
    fn a_letter_asks_for_what_it_needs() {
        let letter = |to: &str, text: &str| {
            Letter::new("a@b.example".parse().unwrap(), to.parse().unwrap(), text.as_bytes())
        };
        let (none, all) = (
            Extensions::default(),
            Extensions { eight_bit_mime: true, smtp_utf8: true, ..Extensions::default() },
        );
        let small = Extensions { size: Some(3), ..Extensions::default() };
        for (to, text, offered, expected) in [
            ("c@d.example", "plain", &none, Ok("")),
            ("c@d.example", "plain", &all, Ok("")),
            ("c@d.example", "zoé", &all, Ok(" BODY=8BITMIME")),
            ("zoé@d.example", "plain", &all, Ok(" SMTPUTF8")),
            ("zoé@d.example", "zoé", &all, Ok(" BODY=8BITMIME SMTPUTF8")),
            ("zoé@d.example", "plain", &none, Err("5.6.7")),
            ("c@d.example", "zoé", &none, Err("5.6.3")),
            ("c@d.example", "four", &small, Err("5.3.4")),
            ("c@d.example", "3 b", &small, Ok("")),
        ] {
            let parameters = letter(to, text).parameters(offered).map_err(|code| code.to_string());
            assert_eq!(parameters, expected.map_err(str::to_owned), "{to} {text}");
        }
    }
}
