//! Detects the format of a file from its content, because file names are unreliable.

use super::{Format, json, table, text::text, xml::utf16};

/// Maximum length of other text before a document, in bytes.
const COMPLAINTS: usize = 4096;

impl Format {
    /// Detects the format from the first bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        let head = head.get(..Self::HEAD as usize).unwrap_or(head);
        let utf16 = utf16(head);
        let head = utf16.as_ref().map_or(head, |text| text.as_bytes());
        // FIT SDK, "FIT File Structure": the signature follows the size, the versions and the
        // length.
        if head.get(8..12) == Some(b".FIT") {
            return Some(Self::Fit);
        }
        // RFC 1952, section 2.3.1.
        if head.starts_with(&[0x1f, 0x8b]) {
            return Some(Self::Gzip);
        }
        // APPNOTE.TXT, 4.3: a local file header, or the end record of an empty archive.
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Some(Self::Zip);
        }
        match root_name(head) {
            Some(b"gpx") => Some(Self::Gpx),
            Some(b"TrainingCenterDatabase") => Some(Self::Tcx),
            Some(b"kml") => Some(Self::Kml),
            Some(b"HealthData") => Some(Self::AppleHealth),
            Some(_) => None,
            None => of_text(&text(head)),
        }
    }
}

/// Detects JSON and tables from the beginning of a file.
fn of_text(head: &str) -> Option<Format> {
    match head.trim_start().bytes().next()? {
        _ if head.contains('\0') => None,
        b'{' | b'[' => json::format(head),
        _ => table::format(head),
    }
}

/// Returns the local name of the first element of an XML document.
fn root_name(head: &[u8]) -> Option<&[u8]> {
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    // Some websites print error messages into the file. A document inside binary data, such as a
    // tar archive, is a part of something else.
    if !rest.starts_with(b"<") && !rest.starts_with(b"{") && !rest.starts_with(b"[") {
        let start = rest.windows(5).take(COMPLAINTS).position(|tag| tag == b"<?xml")?;
        let (complaint, document) = rest.split_at_checked(start)?;
        rest = if complaint.contains(&0) { return None } else { document };
    }
    loop {
        rest = rest.strip_prefix(b"<")?;
        let end: &[u8] = match rest {
            [b'?', ..] => b"?>",
            [b'!', b'-', b'-', ..] => b"-->",
            // The DOCTYPE of Apple Health contains declarations in brackets.
            [b'!', ..] if rest.split(|byte| *byte == b'>').next()?.contains(&b'[') => b"]>",
            [b'!', ..] => b">",
            _ => break,
        };
        let after = rest.windows(end.len()).position(|window| window == end)? + end.len();
        rest = rest.get(after..)?.trim_ascii_start();
    }
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let name = rest.split(is_end).next()?;
    name.rsplit(|byte| *byte == b':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_tells_whatever_stands_before_it() {
        for (text, format) in [
            ("<gpx>", Some(Format::Gpx)),
            (
                "\u{feff}<?xml version='1.0'?>\n<!-- <TrainingCenterDatabase> -->\n<x:gpx a='b'>",
                Some(Format::Gpx),
            ),
            (
                "<?xml version='1.0'?><!DOCTYPE HealthData [\n<!ELEMENT a (b)>\n]>\n<HealthData locale='de'>",
                Some(Format::AppleHealth),
            ),
            ("<!DOCTYPE gpx SYSTEM \"x\"><gpx/>", Some(Format::Gpx)),
            ("<TrainingCenterDatabase", Some(Format::Tcx)),
            ("<kml xmlns='http://www.opengis.net/kml/2.3'>", Some(Format::Kml)),
            ("Warning: x in y.php\n<?xml version='1.0'?><gpx>", Some(Format::Gpx)),
            ("run.gpx\0\0ustar\0<?xml version='1.0'?><gpx>", None),
            ("{\"a\": \"<?xml version='1.0'?><gpx>\"}", None),
            ("<html>", None),
            ("gpx", None),
            ("<", None),
            ("<!-- ", None),
            ("", None),
        ] {
            assert_eq!(Format::of(text.as_bytes()), format, "{text}");
        }
    }
}
