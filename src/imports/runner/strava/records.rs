//! Reads the rows of the table, even if it has been edited or damaged.

use std::borrow::Cow;

use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8};

use crate::priority::yield_if_due;

/// How many times a row may swallow the next one. Each time, the table is read again from there.
const MAX_DAMAGES: usize = 100;

/// The titles and the rows.
pub fn read(bytes: &[u8]) -> (ByteRecord, Vec<ByteRecord>) {
    let bytes = &*utf8(bytes);
    let delimiter = delimiter(bytes);
    let (mut titles, mut rows) = (ByteRecord::new(), Vec::new());
    let mut first = reader(bytes, delimiter);
    if !first.read_byte_record(&mut titles).unwrap_or(false) {
        return (titles, rows);
    }
    let mut rest = from(bytes, first.position().byte());
    for damages in 0..=MAX_DAMAGES {
        let Some(at) = read_until_damage(rest, delimiter, titles.len(), &mut rows) else { break };
        if damages < MAX_DAMAGES {
            rest = from(rest, at);
        }
    }
    (titles, rows)
}

/// The bytes as UTF-8 without a byte order mark. Some spreadsheets write UTF-16.
fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    match Encoding::for_bom(bytes) {
        Some((encoding, length)) if encoding == UTF_8 => {
            Cow::Borrowed(bytes.get(length..).unwrap_or_default())
        }
        Some((encoding, _)) => {
            Cow::Owned(encoding.decode_with_bom_removal(bytes).0.into_owned().into_bytes())
        }
        None => Cow::Borrowed(bytes),
    }
}

/// Reads rows until one has swallowed the next, because a quote is missing. Returns where
/// the swallowed row starts.
fn read_until_damage(
    bytes: &[u8],
    delimiter: u8,
    columns: usize,
    rows: &mut Vec<ByteRecord>,
) -> Option<u64> {
    let (mut reader, mut row) = (reader(bytes, delimiter), ByteRecord::new());
    loop {
        yield_if_due();
        let start = reader.position().byte();
        if !reader.read_byte_record(&mut row).unwrap_or(false) {
            return None;
        }
        let text = from(bytes, start);
        let length = usize::try_from(reader.position().byte() - start).unwrap_or(usize::MAX);
        let text = text.get(..length).unwrap_or(text);
        if row.len() != columns
            && let Some(inner) = swallowed(text, delimiter)
        {
            let own = text.get(..inner).unwrap_or_default();
            if self::reader(own, delimiter).read_byte_record(&mut row).unwrap_or(false) {
                rows.push(row);
            }
            return Some(start + inner as u64);
        }
        rows.push(row.clone());
    }
}

/// Where a line within a row starts like a row itself: with an id.
fn swallowed(text: &[u8], delimiter: u8) -> Option<usize> {
    // The line break of the previous line may come first.
    let lead = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let ends = text.iter().enumerate().skip(lead).filter(|(_, byte)| **byte == b'\n');
    ends.map(|(end, _)| end + 1).find(|start| {
        let line = text.get(*start..).unwrap_or_default();
        let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && line.get(digits) == Some(&delimiter)
    })
}

fn from(bytes: &[u8], start: u64) -> &[u8] {
    usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or_default()
}

fn reader(bytes: &[u8], delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(bytes)
}

/// In many languages, spreadsheets write semicolons instead of commas.
fn delimiter(bytes: &[u8]) -> u8 {
    let titles = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| titles.iter().filter(|byte| **byte == wanted).count();
    let all = [b'\t', b';', b','];
    all.into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        let (_, rows) = read(text.as_bytes());
        rows.iter().map(|row| String::from_utf8_lossy(&row[0]).into_owned()).collect()
    }

    #[test]
    fn a_quote_that_is_missing_costs_one_row() {
        let whole = "id,a,b\n1,\"x, y\",z\n2,\"two\n3,lines\",z\n4,\"x\",\"z\"\n5,x,z\n";
        assert_eq!(ids(whole), ["1", "2", "4", "5"]);
        for quote in [9, 14] {
            let mut damaged = whole.to_owned();
            assert_eq!(&damaged[quote..=quote], "\"");
            damaged.replace_range(quote..=quote, "?");
            let ids = ids(&damaged);
            assert!(["2", "4", "5"].iter().all(|id| ids.contains(&(*id).to_owned())), "{ids:?}");
        }
        assert_eq!(ids("id;a;b\n1;x,y;z\n"), ["1"]);
        assert_eq!(ids(""), [""; 0]);
    }

    #[test]
    fn a_byte_order_mark_tells_the_encoding() {
        let text = "id\ta\n1\tHöhe\n2\tx\n";
        let utf16 = |bom: [u8; 2], order: fn(u16) -> [u8; 2]| {
            bom.into_iter().chain(text.encode_utf16().flat_map(order)).collect::<Vec<_>>()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16([0xff, 0xfe], u16::to_le_bytes),
            utf16([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let (titles, rows) = read(&bytes);
            assert_eq!((&titles[0], &rows[0][1], rows.len()), (&b"id"[..], "Höhe".as_bytes(), 2));
        }
    }
}
