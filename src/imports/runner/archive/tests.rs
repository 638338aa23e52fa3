//! Tests with complete and with damaged archives.

use std::io::{Cursor, Read, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

const FILES: [(&str, usize); 4] = [("a.gpx", 3000), ("b/", 0), ("b/c.fit", 70_000), ("d.txt", 0)];

/// Content that no method compresses well.
fn content(length: usize) -> Vec<u8> {
    (0..length as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

/// An archive with the sizes before its members.
fn zip(method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    write(&mut writer, method);
    writer.finish().unwrap().into_inner()
}

/// An archive with the sizes after its members.
fn streamed(method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    write(&mut writer, method);
    writer.finish().unwrap().into_inner()
}

fn write<W: Write + Seek>(writer: &mut ZipWriter<W>, method: CompressionMethod) {
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, length) in FILES {
        if name.ends_with('/') {
            writer.add_directory(name, options).unwrap();
        } else {
            writer.start_file(name, options).unwrap();
            writer.write_all(&content(length)).unwrap();
        }
    }
}

/// As from programs that omit the signature of descriptors.
fn unsigned(mut bytes: Vec<u8>) -> Vec<u8> {
    while let Some(at) = bytes.windows(4).position(|window| window == b"PK\x07\x08") {
        bytes.drain(at..at + 4);
    }
    bytes
}

/// A member that is cut off, and how many of its bytes can be unpacked.
type Cut = (String, usize);

/// The names of the complete members, the member that is cut off, and whether
/// the archive is damaged.
fn members(bytes: &[u8]) -> Option<(Vec<String>, Option<Cut>, bool)> {
    let Opened { mut archive, damage } = open(Cursor::new(bytes)).ok()?;
    let (mut whole, mut cut) = (Vec::new(), None);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let (name, mut read) = (entry.name().unwrap().into_owned(), Vec::new());
        let (_, length) = FILES.iter().find(|(known, _)| *known == name).unwrap();
        if is_cut(&entry) {
            assert!(entry.read_to_end(&mut read).is_err());
            // Bytes after its data may be taken for data.
            assert!(content(*length).iter().zip(&read).all(|(one, other)| one == other), "{name}");
            cut = Some((name, read.len()));
            continue;
        }
        entry.read_to_end(&mut read).unwrap();
        assert!(read == content(*length), "{name}");
        whole.push(name);
    }
    Some((whole, cut, damage.is_some()))
}

#[test]
fn what_is_whole_is_found_wherever_the_archive_ends() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for bytes in [zip(method), streamed(method), unsigned(streamed(method))] {
            let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
            let (mut most, mut longest) = (0, 0);
            for end in (0..bytes.len()).step_by(97).chain([directory, directory + 1]) {
                let found = members(&bytes[..end]);
                let (whole, cut, is_damaged) = found.unwrap_or_default();
                assert!(is_damaged || whole.is_empty(), "{end}");
                longest = longest.max(cut.as_ref().map_or(0, |(_, length)| *length));
                let all = whole.iter().chain(cut.as_ref().map(|(name, _)| name)).zip(FILES);
                assert!(all.into_iter().all(|(name, (known, _))| name == known), "{end}");
                most = most.max(whole.len());
            }
            assert_eq!(most, FILES.len());
            assert!(longest > 60_000, "{longest}");
        }
        let (whole, cut, is_damaged) = members(&zip(method)).unwrap();
        assert_eq!((whole.len(), cut, is_damaged), (FILES.len(), None, false));
    }
}

#[test]
fn the_directory_of_an_archive_within_is_not_taken_for_that_around_it() {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let inner = zip(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["1.zip", "2.zip"] {
        writer.start_file(name, stored).unwrap();
        writer.write_all(&inner).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let end = bytes.windows(5).rposition(|window| window == b"2.zip").unwrap();
    let end = bytes[..end].windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let Opened { archive, damage } = open(Cursor::new(&bytes[..end])).ok().unwrap();
    let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["1.zip", "2.zip"]);
    assert!(damage.is_some());
}

#[test]
fn a_damaged_directory_is_made_anew() {
    let mut bytes = zip(CompressionMethod::Deflated);
    let at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[at + 46..at + 60].fill(0xff);
    bytes[at + 28] = 0xff;
    let (whole, cut, is_damaged) = members(&bytes).unwrap();
    assert_eq!((whole.len(), cut, is_damaged), (FILES.len(), None, true));
}

#[test]
fn entries_of_the_same_name_are_named() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a.gpx", "b.gpx", "c.gpx"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(name.as_bytes()).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    for doubled in [&[][..], &["a.gpx"]] {
        let Opened { archive, .. } = open(Cursor::new(bytes.clone())).ok().unwrap();
        let (start, entries) = (archive.central_directory_start(), archive.len());
        assert_eq!(super::doubled(start, entries, archive.into_inner()), doubled);
        let at = bytes.windows(5).rposition(|name| name == b"b.gpx").unwrap();
        bytes[at] = b'a';
    }
}
