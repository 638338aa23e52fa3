//! XML, read as a walk over paths of local names. DTDs and custom entities are ignored, and memory
//! use is limited. A document need not be well-formed: everything readable is read.

mod bounded;
mod encoding;
mod place;
mod references;
mod unclosed;
mod visitor;

use std::io::{BufRead, Read};

use quick_xml::{Error, Reader, errors::SyntaxError};

use self::{bounded::Bounded, encoding::text, place::Cursor, unclosed::next_tag};
use super::Refusal;

pub use encoding::{decoded, utf16};
use visitor::truncated;
pub use visitor::{Attributes, Visitor};

/// Maximum size of a tag or text in memory, in bytes. It exceeds what is used of any text.
pub const MAX_EVENT: usize = 1024 * 1024;

/// Smaller documents are read in memory.
const SMALL: u64 = 4 * 1024 * 1024;

/// Returns the last name of a path. Programs nest the elements of extensions in different ways.
pub fn last(path: &str) -> &str {
    // Paths are short: this is faster than `rsplit`, which prepares a search.
    let slash = path.bytes().rposition(|byte| byte == b'/');
    slash.and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

/// Walks through a document as far as it can be read. A small document is read in memory without
/// copies, any other is streamed. Returns the damage of the document. Whether it matters depends on
/// what was found.
pub fn walk<V: Visitor>(
    mut source: impl Read,
    visitor: &mut V,
) -> Result<Option<Refusal>, V::Error> {
    let mut head = Vec::new();
    let read = (&mut source).take(SMALL).read_to_end(&mut head).map_err(Refusal::of_source)?;
    if (read as u64) < SMALL {
        walk_text(&text(&head), visitor)
    } else {
        walk_stream(decoded(&head, source), MAX_EVENT, visitor)
    }
}

fn walk_text<V: Visitor>(mut text: &str, visitor: &mut V) -> Result<Option<Refusal>, V::Error> {
    let mut reader = configured(Reader::from_str(text));
    let mut place = Cursor::default();
    loop {
        match reader.read_event() {
            Ok(event) => {
                if !place.pass(event, visitor)? {
                    return Ok(place.damage);
                }
            }
            Err(error) => {
                let at = usize::try_from(reader.error_position()).ok();
                let rest = at.and_then(|at| text.get(at..)).unwrap_or_default();
                let next = next_tag(rest.as_bytes()).and_then(|at| rest.get(at..));
                let Some(next) = next.filter(|_| place.pass_over()) else {
                    return Ok(Some(refusal(error, rest.contains('>'))));
                };
                text = next;
                reader = configured(Reader::from_str(text));
            }
        }
    }
}

/// Walks through a document as a stream. No tag may be longer than `max_event`. The rest of longer
/// texts is skipped.
pub fn walk_stream<V: Visitor>(
    source: impl BufRead,
    max_event: usize,
    visitor: &mut V,
) -> Result<Option<Refusal>, V::Error> {
    let mut reader = configured(Reader::from_reader(Bounded::new(source)));
    let (mut buffer, mut place) = (Vec::new(), Cursor::default());
    loop {
        buffer.clear();
        reader.get_mut().allow(max_event);
        match reader.read_event_into(&mut buffer) {
            Ok(event) => {
                if !place.pass(event, visitor)? {
                    return Ok(place.damage);
                }
            }
            Err(error) => {
                let next = next_tag(&buffer).and_then(|at| buffer.get(at..));
                let Some(next) = next.filter(|_| place.pass_over()) else {
                    let goes_on = buffer.contains(&b'>') || reader.get_mut().has_another_tag();
                    return Ok(Some(refusal(error, goes_on)));
                };
                let mut source = reader.into_inner();
                source.put_back(next);
                reader = configured(Reader::from_reader(source));
            }
        }
    }
}

/// Makes the reader lenient. [`Cursor`] handles invalid markup.
fn configured<R>(mut reader: Reader<R>) -> Reader<R> {
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

/// A document that ends within a tag is truncated. Any other error is malformed.
fn refusal(error: Error, goes_on: bool) -> Refusal {
    match error {
        _ if !goes_on => truncated(),
        Error::Syntax(SyntaxError::InvalidBangMarkup) => Refusal::malformed(error),
        Error::Syntax(_) => truncated(),
        _ => Refusal::malformed(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::{super::Reason, *};

    /// Records all calls of a walk.
    #[derive(Default)]
    struct Told(Vec<String>);

    impl Visitor for Told {
        type Error = Refusal;

        fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
            self.0.push(format!("{path} {:?}", attributes.get("a")));
            Ok(())
        }

        fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
            self.0.push(format!("{path} = {text}"));
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn a_document_says_the_same_in_memory_and_as_it_comes(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<?xml version='1.0'?>", "<x>", "</x>", "<p:y a='1&amp;2'>", "</p:y>", "<z a=\"<\"/>",
                    "<!-- c > -->", "<!--", "<![CDATA[t]]>", "<![CDATA[", "<!DOCTYPE x>", "<!", "&lt;",
                    "&nbsp;", "&", ";", "é 7", " \n", "<", ">", "</", "=", "'", "<?", "<z a='>",
                ]),
                0..20,
            ),
            cut in 0_usize..8,
        ) {
            let mut document = parts.concat();
            while document.len() > parts.concat().len().saturating_sub(cut) {
                document.pop();
            }
            let (mut at_once, mut piecemeal) = (Told::default(), Told::default());
            let expected = walk_text(&document, &mut at_once).unwrap();
            let source = BufReader::with_capacity(3, document.as_bytes());
            let found = walk_stream(source, MAX_EVENT, &mut piecemeal).unwrap();
            prop_assert_eq!(&at_once.0, &piecemeal.0, "{}", document);
            let reason = |damage: Option<Refusal>| damage.map(|damage| damage.reason);
            prop_assert_eq!(reason(expected), reason(found), "{}", document);
        }
    }

    #[test]
    fn a_tag_that_does_not_end_costs_itself() {
        let document = format!("<x><y a=\"1></y>{}</x>", "<z a=\"2\"/>".repeat(50));
        for max_event in [MAX_EVENT, 100] {
            let mut told = Told::default();
            let damage = walk_stream(document.as_bytes(), max_event, &mut told).unwrap().unwrap();
            assert_eq!((told.0.len(), damage.reason), (2 + 2 * 50, Reason::Malformed));
        }
        let mut told = Told::default();
        walk_text(&document, &mut told).unwrap().unwrap();
        assert_eq!(told.0.len(), 2 + 2 * 50);
        let cut = walk_text("<x><y a=\"1\"/><y a=\"1", &mut told).unwrap().unwrap();
        assert_eq!(cut.reason, Reason::Truncated);
    }

    #[test]
    fn whatever_is_too_long_is_no_reason_to_keep_it_all() {
        let long = |unit: &str| unit.repeat(1000);
        for capacity in 1..20 {
            for (text, kept) in [
                (long("t"), "t"),
                (long("é"), "é"),
                (format!("<![CDATA[{}]]>", long("]€")), "]€"),
                (format!("t<!--{}-->", long("->")), "t"),
                (format!("{}&amp;", long("t")), "t"),
            ] {
                let document = format!("<x><y>{text}</y><z/></x>");
                let (mut told, source) =
                    (Told::default(), BufReader::with_capacity(capacity, document.as_bytes()));
                let damage = walk_stream(source, 99 + capacity, &mut told).unwrap();
                assert!(damage.is_none(), "{text}: {damage:?}");
                assert_eq!(told.0.len(), 6, "{:?}", told.0);
                let y = told.0[2].strip_prefix("x/y = ").unwrap();
                assert!(y.starts_with(kept) && y.len() < 140, "{y}");
            }
        }
        for tag in [format!("<y a='{}'/>", long("t")), format!("<?{}?>", long("t"))] {
            let mut told = Told::default();
            let document = format!("<x>{tag}</x>");
            let damage = walk_stream(document.as_bytes(), 999, &mut told).unwrap().unwrap();
            assert!(damage.message.contains("too long"), "{damage}");
        }
    }
}
