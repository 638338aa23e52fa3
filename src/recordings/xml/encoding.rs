//! The encoding of a document.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader, Read},
};

use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// Of `<?xml … ?>`.
const MAX_DECLARATION: usize = 256;

/// Decoded at a time.
const BUFFER_BYTES: usize = 32 * 1024;

/// A whole document, as [`decoded`].
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    declared(bytes).unwrap_or(UTF_8).decode(bytes).0
}

/// A document, of which the `head` was read already, in the encoding that it declares (XML 1.0,
/// appendix F), or else in UTF-8. What is neither loses a letter here and there, and no number.
pub fn decoded(head: &[u8], source: impl Read) -> impl BufRead {
    let decoder = DecodeReaderBytesBuilder::new()
        .encoding(Some(declared(head).unwrap_or(UTF_8)))
        .bom_override(true)
        .build(head.chain(source));
    BufReader::with_capacity(BUFFER_BYTES, decoder)
}

/// A document in UTF-16, which says so by its first two bytes.
pub fn utf16(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, _) = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8)?;
    Some(encoding.decode(bytes).0)
}

/// What can be read that far is in no encoding with other letters than those of ASCII.
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
