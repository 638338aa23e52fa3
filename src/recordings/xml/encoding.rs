//! The encoding of a document.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader, Read},
};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// Maximum length of the XML declaration, in bytes.
const MAX_DECLARATION: usize = 256;

/// Size of the decoding buffer.
const BUFFER_BYTES: usize = 32 * 1024;

/// Decodes a whole document, like [`decoded`].
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        // Nearly all documents. Decoding would check them again.
        Ok(text) if declared(bytes).unwrap_or(UTF_8) == UTF_8 => {
            Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text))
        }
        _ => encoding(bytes).decode(bytes).0,
    }
}

/// Decodes a document whose `head` has already been read, in the encoding that it declares (XML
/// 1.0, appendix F), or else in UTF-8. Text in neither encoding loses some letters, but no numbers.
pub fn decoded(head: &[u8], source: impl Read) -> impl BufRead {
    let decoder = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding(head)))
        .bom_override(true)
        .build(head.chain(source));
    BufReader::with_capacity(BUFFER_BYTES, decoder)
}

/// Decodes a document in UTF-16, which is recognised by its byte order mark.
pub fn utf16(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, _) = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8)?;
    Some(encoding.decode(bytes).0)
}

/// Returns the encoding. A document declared as UTF-8 without any UTF-8 letter is Windows-1252:
/// some programs copy names from Windows.
fn encoding(head: &[u8]) -> &'static Encoding {
    let declared = declared(head).unwrap_or(UTF_8);
    // The head may end within a character.
    let is_broken = str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
    let is_foreign = is_broken && head.utf8_chunks().all(|chunk| chunk.valid().is_ascii());
    if declared == UTF_8 && is_foreign { WINDOWS_1252 } else { declared }
}

/// Returns the declared encoding. The declaration was readable, so an encoding that is not
/// ASCII-compatible is ignored.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.strip_prefix(b"<?xml")?;
    let end = head.windows(2).take(MAX_DECLARATION).position(|pair| pair == b"?>")?;
    let declaration = str::from_utf8(head.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let label = value.split(quote).nth(1)?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_utf_8_is_of_windows() {
        for (bytes, expected) in [
            (&b"<name>H\xf6he</name>"[..], "<name>Höhe</name>"),
            (
                b"<?xml version='1.0' encoding='UTF-8'?><name>H\xf6he",
                "<?xml version='1.0' encoding='UTF-8'?><name>Höhe",
            ),
            ("<name>Höhe</name>".as_bytes(), "<name>Höhe</name>"),
            (b"<name>H\xc3\xb6he \xf6</name>", "<name>Höhe \u{fffd}</name>"),
            (b"<name>a</name>", "<name>a</name>"),
        ] {
            assert_eq!(text(bytes), expected);
            let mut read = String::new();
            decoded(bytes, &b""[..]).read_to_string(&mut read).unwrap();
            assert_eq!(read, expected);
        }
    }
}
