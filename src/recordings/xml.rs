//! XML, read as a walk over paths of local names: no entities but those of XML itself, no DTDs, and
//! limits on what one document may make of us.

use std::{borrow::Cow, io::BufRead};

use quick_xml::{
    Reader,
    escape::{resolve_xml_entity, unescape},
    events::{BytesRef, BytesStart, Event},
};

use super::{Reason, Refusal};

/// Deeper than any of the formats.
const MAX_DEPTH: usize = 32;

/// Of the text of one element; what is more is cut off.
const MAX_TEXT: usize = 64 * 1024;

/// Who is told of the elements of a document. A path is made of local names: `gpx/trk/name`.
pub trait Visitor {
    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal>;

    /// `text` is that of the element itself, without white space around it.
    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal>;
}

/// The attributes of an element.
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// By local name.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes().flatten();
        let found = attributes.find(|found| found.key.local_name().as_ref() == name)?;
        let text = unescape(&found.value).unwrap_or(Cow::Borrowed(&found.value));
        Some(text.into_owned())
    }
}

/// A document as UTF-8. What is not loses a letter here and there, and no number.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Walks through a document. A document that ends too early is `truncated`.
pub fn walk(source: impl BufRead, visitor: &mut impl Visitor) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(source);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let (mut path, mut texts) = (String::new(), Vec::<String>::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(Refusal::malformed)? {
            Event::Start(start) => {
                if texts.len() == MAX_DEPTH {
                    return Err(Refusal::malformed("it nests too deep"));
                }
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(start.local_name().as_ref());
                texts.push(String::new());
                visitor.open(&path, &Attributes(&start))?;
            }
            Event::End(_) => {
                let text = texts.pop().unwrap_or_default();
                visitor.close(&path, text.trim())?;
                path.truncate(path.rfind('/').unwrap_or_default());
            }
            Event::Text(text) => add(&mut texts, &text),
            Event::CData(text) => add(&mut texts, &text),
            Event::GeneralRef(name) => add(&mut texts, &resolved(&name)?),
            Event::Eof if texts.is_empty() => return Ok(()),
            Event::Eof => return Err(Refusal::new(Reason::Truncated, "it ends in the middle")),
            // An empty element comes as its start and its end.
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_) => {}
        }
    }
}

fn add(texts: &mut [String], more: &str) {
    if let Some(text) = texts.last_mut()
        && text.len() + more.len() <= MAX_TEXT
    {
        text.push_str(more);
    }
}

/// One of XML's own five entities, or a character by its number. What a DTD declares is not known here.
fn resolved(name: &BytesRef<'_>) -> Result<String, Refusal> {
    if let Some(character) = name.resolve_char_ref().map_err(Refusal::malformed)? {
        return Ok(character.to_string());
    }
    resolve_xml_entity(name)
        .map(str::to_owned)
        .ok_or_else(|| Refusal::malformed(format_args!("there is no entity {}", &**name)))
}
