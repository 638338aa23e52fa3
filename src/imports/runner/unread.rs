//! Known formats that are not supported, with advice on what to do.

/// A format that is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What the file is, and what can be done.
    pub message: &'static str,
    /// Whether it may contain activities, which would be lost if the file were ignored.
    pub may_be_activity: bool,
}

/// The offset of a signature, the signature, and the format that has it.
type Signature = (usize, &'static [u8], Unread);

const fn activities(message: &'static str) -> Unread {
    Unread { message, may_be_activity: true }
}

const fn document(message: &'static str) -> Unread {
    Unread { message, may_be_activity: false }
}

macro_rules! packed {
    ($what:literal) => {
        activities(concat!("this is ", $what, ": unpack it, and import its files or a zip of them"))
    };
}

/// An archive with this entry is an Office document.
pub const OFFICE_ENTRY: &str = "[Content_Types].xml";

pub const OFFICE: Unread = document("this is an Office document: save its table as CSV");
const WEB_PAGE: Unread = document(
    "this is a web page, probably from a failed download: log in to the site, and download the file again",
);
const RECORDING: Unread = activities(
    "recordings in this format are not supported: export the activity as FIT, GPX or TCX",
);

const SIGNATURES: [Signature; 9] = [
    // POSIX, "ustar Interchange Format".
    (257, b"ustar", packed!("a tar archive")),
    (0, b"7z\xbc\xaf\x27\x1c", packed!("a 7z archive")),
    (0, b"Rar!\x1a\x07", packed!("a RAR archive")),
    (0, b"\xfd7zXZ\0", packed!("an xz file")),
    (0, b"BZh", packed!("a bzip2 file")),
    (0, b"\x28\xb5\x2f\xfd", packed!("a zstd file")),
    (
        0,
        b"SQLite format 3\0",
        document(
            "this is an app's database: export the activities from the app as FIT, GPX or TCX",
        ),
    ),
    (0, b"%PDF-", document("this is a PDF: export the activities as FIT, GPX or TCX")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
];

/// Elements near the start of a text, and the formats that have them.
const ELEMENTS: [(&[u8], Unread); 5] = [
    (b"<html", WEB_PAGE),
    (b"<!doctype html", WEB_PAGE),
    (b"<pwx", RECORDING),
    (b"<sml", RECORDING),
    (b"<fitnessworkbook", RECORDING),
];

/// Members of known JSON documents: GeoJSON, Nike, Suunto, Runtastic, Endomondo, Google's timeline.
const MEMBERS: [&[u8]; 8] = [
    b"\"FeatureCollection\"",
    b"\"start_epoch_ms\"",
    b"\"DeviceLog\"",
    b"\"sport_type_id\"",
    b"\"duration_s\"",
    b"\"timelineObjects\"",
    b"\"semanticSegments\"",
    b"\"start_date_local\"",
];
const JSON: Unread = document(
    "this kind of JSON is not supported: export the activity as FIT, GPX or TCX, or import such files from the same folder",
);

/// Extensions of recordings in other formats: Polar, SRM, Suunto, TomTom, SportTracks, gliders,
/// TrainingPeaks, Sigma, receivers.
const ENDINGS: [&str; 12] = [
    ".hrm", ".srm", ".sml", ".ttbin", ".fitlog", ".igc", ".pwx", ".slf", ".nmea", ".omd", ".tkl",
    ".wko",
];

/// How many bytes of a text are inspected.
const HEAD: usize = 1024;

/// What is known about a file in an unsupported format.
pub fn unread(name: &str, content: &[u8]) -> Option<Unread> {
    let signed = SIGNATURES
        .iter()
        .find(|(start, signature, _)| {
            content.get(*start..).is_some_and(|rest| rest.starts_with(signature))
        })
        .map(|(.., unread)| *unread);
    signed.or_else(|| by_element(content)).or_else(|| {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        ENDINGS.iter().any(|ending| name.ends_with(ending)).then_some(RECORDING)
    })
}

fn by_element(content: &[u8]) -> Option<Unread> {
    let head = content.get(..HEAD).unwrap_or(content);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let has_in = |text: &[u8], wanted: &[u8]| text.windows(wanted.len()).any(|part| part == wanted);
    if text.starts_with(b"{") || text.starts_with(b"[") {
        return MEMBERS.iter().any(|member| has_in(text, member)).then_some(JSON);
    }
    if !text.starts_with(b"<") {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let has = |element: &[u8]| has_in(&text, element);
    ELEMENTS.iter().find(|(element, _)| has(element)).map(|(_, unread)| *unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_content_and_else_by_name() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (name, content, expected) in [
            ("a", &tar[..], "a tar archive"),
            ("a.fit", b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
            ("a", b"Rar!\x1a\x07\x01\0", "a RAR archive"),
            ("a", b"BZh91AY", "a bzip2 file"),
            ("a", b"\xfd7zXZ\0", "an xz file"),
            ("a.gpx", b"\n<!DOCTYPE html><html>", "a web page"),
            ("a.json", b"[{\"sport\": \"RUNNING\"}, {\"duration_s\": 7}]", "this kind of JSON"),
            ("old/1.HRM.gz", b"[Params]", "recordings in this format"),
        ] {
            let found = unread(name, content).unwrap();
            assert!(found.message.contains(expected), "{name}: {found:?}");
        }
        for (name, content) in
            [("a.jpg", &b"\xff\xd8"[..]), ("a.txt", b"x <pwx"), ("a.json", b"{}"), ("a", b"")]
        {
            assert_eq!(unread(name, content), None, "{name}");
        }
    }
}
