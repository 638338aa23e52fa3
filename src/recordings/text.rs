//! Text of tables and logs, in the encodings that spreadsheets and phones write.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Decodes text according to its byte order mark. Without one, the text is UTF-8, or else
/// Windows-1252. An incomplete last character of truncated text is dropped.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0;
    }
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Cow::Borrowed(str::from_utf8(whole).unwrap_or_default())
        }
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Folds text to lower-case words without accents, separated by single spaces: `Höhenmeter_(m)`
/// becomes `hohenmeter (m)`.
pub fn folded(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let letters = letters.map(|c| match c {
        'ø' => 'o',
        '_' | '-' | '.' | '/' | '\'' | '’' | '´' => ' ',
        c => c,
    });
    let letters: String = letters.collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Converts Arabic and Persian digits to ASCII.
pub fn latin_digit(c: char) -> char {
    let digit = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return c,
    };
    char::from_digit(digit, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_encodings_are_told_apart() {
        let utf16 = |text: &str, bom: [u8; 2], order: fn(u16) -> [u8; 2]| {
            let words = text.encode_utf16().flat_map(order);
            bom.into_iter().chain(words).collect::<Vec<_>>()
        };
        for bytes in [
            "Höhe;1".as_bytes().to_vec(),
            "\u{feff}Höhe;1".as_bytes().to_vec(),
            b"H\xf6he;1".to_vec(),
            utf16("Höhe;1", [0xff, 0xfe], u16::to_le_bytes),
            utf16("Höhe;1", [0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes), "Höhe;1", "{bytes:?}");
        }
        assert_eq!(text(b"Dur\xc3\xa9e\xc3"), "Durée");
        assert_eq!(folded(" Höhenmeter_[m] "), "hohenmeter [m]");
        assert_eq!(folded("Type d’activité"), "type d activite");
    }
}
