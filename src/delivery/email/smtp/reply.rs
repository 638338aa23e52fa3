//! A mail server's reply: a code, an optional enhanced code, and text (RFC 5321, section 4.2).

use std::io;

use derive_more::Display;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The maximum number of bytes in a line, with the line end. RFC 5321 (section 4.5.3.1.5) allows
/// 512.
const LONGEST_LINE: u64 = 1000;
/// The maximum number of lines in a reply. The longest replies to EHLO have about twenty.
const MOST_LINES: usize = 100;

/// A reply of one or more lines, all with the same code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// The lines without their codes.
    pub lines: Vec<String>,
}

/// An enhanced status code (RFC 3463).
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display("{class}.{subject}.{detail}")]
pub struct Enhanced {
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl Reply {
    /// Reads a reply. Text that is not UTF-8 is replaced, because only the code matters.
    ///
    /// # Errors
    /// `UnexpectedEof` if the server closes the connection; `InvalidData` if the bytes are not a
    /// reply, or if the reply is too long.
    pub async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Self> {
        let (code, mut is_last, text) = read_line(stream).await?;
        let mut lines = vec![text];
        while !is_last {
            if lines.len() == MOST_LINES {
                return Err(unreadable("the reply has too many lines"));
            }
            let (next_code, ends_here, text) = read_line(stream).await?;
            if next_code != code {
                return Err(unreadable("the lines of the reply have different codes"));
            }
            lines.push(text);
            is_last = ends_here;
        }
        Ok(Self { code, lines })
    }

    /// The text as one line, without control characters.
    pub fn text(&self) -> String {
        self.lines.join(" ").chars().filter(|c| !c.is_control()).collect()
    }

    /// The enhanced code at the beginning of the text (RFC 2034, section 4).
    pub fn enhanced(&self) -> Option<Enhanced> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut numbers = word.splitn(3, '.').map(|part| {
            let is_number =
                (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        });
        let mut number = || numbers.next().flatten();
        Some(Enhanced { class: number()?, subject: number()?, detail: number()? })
    }
}

/// Reads a line: the code, whether it is the last line, and the text.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<(u16, bool, String)> {
    let mut line = Vec::new();
    stream.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    if !line.ends_with(b"\n") {
        let is_cut = u64::try_from(line.len()).is_ok_and(|length| length == LONGEST_LINE);
        return Err(if is_cut {
            unreadable("a line of the reply is too long")
        } else {
            io::ErrorKind::UnexpectedEof.into()
        });
    }
    let line = String::from_utf8_lossy(&line);
    let line = line.trim_end_matches(['\r', '\n']);
    let no_reply = || unreadable("not an SMTP reply");
    let (code, rest) = line.split_at_checked(3).ok_or_else(no_reply)?;
    let is_code =
        code.bytes().all(|b| b.is_ascii_digit()) && code.starts_with(['2', '3', '4', '5']);
    let code = code.parse().ok().filter(|_| is_code).ok_or_else(no_reply)?;
    match rest.split_at_checked(1) {
        None => Ok((code, true, String::new())),
        Some((" ", text)) => Ok((code, true, text.to_owned())),
        Some(("-", text)) => Ok((code, false, text.to_owned())),
        Some(_) => Err(no_reply()),
    }
}

fn unreadable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<Reply> {
        let mut bytes = bytes;
        Reply::read(&mut bytes).now_or_never().expect("nothing to wait for")
    }

    #[test]
    fn replies_of_one_and_more_lines_are_read() {
        let reply = read(b"250-mail.example\r\n250-SIZE 100\r\n250 8BITMIME\r\n").unwrap();
        assert_eq!((reply.code, reply.lines.len()), (250, 3));
        assert_eq!(reply.text(), "mail.example SIZE 100 8BITMIME");
        for bare in [&b"354\r\n"[..], b"354 \r\n", b"354\n", b"354 go\xe9 on\r\n"] {
            assert_eq!(read(bare).unwrap().code, 354);
        }
    }

    #[test]
    fn no_reply_is_an_error() {
        let long = [b"250 ".to_vec(), vec![b'x'; 2000], b"\r\n".to_vec()].concat();
        let endless = b"250-x\r\n".repeat(200);
        let no_replies: [&[u8]; 11] = [
            b"<html>\r\n",
            b"25\r\n",
            b"25O ok\r\n",
            b"250_ok\r\n",
            b"250-a\r\n251 b\r\n",
            b"000 x\r\n",
            b"699 x\r\n",
            b"\xff\xfe\x00\r\n",
            b"\r\n",
            &long,
            &endless,
        ];
        for bytes in no_replies {
            assert_eq!(read(bytes).unwrap_err().kind(), io::ErrorKind::InvalidData, "{bytes:?}");
        }
        for cut in [&b""[..], b"250", b"250 ok", b"250-ok\r\n"] {
            assert_eq!(read(cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{cut:?}");
        }
    }

    #[test]
    fn enhanced_codes_begin_the_text() {
        let enhanced = |text: &str| {
            Reply { code: 550, lines: vec![text.to_owned()] }
                .enhanced()
                .map(|code| code.to_string())
        };
        assert_eq!(enhanced("5.1.1 <ann@example.com>: no such user").as_deref(), Some("5.1.1"));
        assert_eq!(enhanced("5.7.26").as_deref(), Some("5.7.26"));
        for bare in
            ["", "no such user", "5.1", "5.1.1.2", "5.1.1: x", "5..1", "5.1.1234", "10.0.0.1"]
        {
            assert_eq!(enhanced(bare), None, "{bare}");
        }
    }
}
