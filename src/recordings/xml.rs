//! XML, read as a walk over paths of local names: no entities but those of XML itself, no DTDs, and
//! limits on what one document may make of us.

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

use encoding_rs::{Encoding, UTF_8};
use quick_xml::{
    Error, Reader,
    errors::SyntaxError,
    escape::{resolve_xml_entity, unescape},
    events::{BytesRef, BytesStart, Event},
};

use super::{Reason, Refusal, refusal::go_on};

/// Deeper than any of the formats.
const MAX_DEPTH: usize = 32;

/// Of the text of one element; what is more is cut off.
const MAX_TEXT: usize = 64 * 1024;

/// Of one tag or text, before it is looked at.
const MAX_EVENT: usize = 1024 * 1024;

/// Of `<?xml … ?>`.
const MAX_DECLARATION: usize = 256;

/// To look at the clock takes as long as to read an element.
const GIVE_WAY_EVERY: u64 = 32;

/// Who is told of the elements of a document. A path is made of local names: `gpx/trk/name`.
pub trait Visitor {
    type Error: From<Refusal>;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Self::Error>;

    /// `text` is that of the element itself, without white space around it.
    fn close(&mut self, path: &str, text: &str) -> Result<(), Self::Error>;
}

/// The attributes of an element.
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// By local name.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        // Whether one is given twice is of no interest: the first counts.
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|found| found.key.local_name().as_ref() == name)?;
        let text = unescape(&found.value).unwrap_or(Cow::Borrowed(&found.value));
        Some(text.into_owned())
    }
}

/// A document in the encoding that it declares (XML 1.0, appendix F), or else in UTF-8. What is neither loses a
/// letter here and there, and no number.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    declared(bytes).unwrap_or(UTF_8).decode(bytes).0
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

/// Walks through a document as it comes. A document that ends too early is `truncated`.
pub fn walk<V: Visitor>(source: impl BufRead, visitor: &mut V) -> Result<(), V::Error> {
    let mut reader = Reader::from_reader(Bounded { source, left: MAX_EVENT });
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut place) = (Vec::new(), Place::default());
    loop {
        buffer.clear();
        reader.get_mut().left = MAX_EVENT;
        let event = reader.read_event_into(&mut buffer).map_err(refusal)?;
        if place.pass(event, visitor)? {
            return Ok(());
        }
    }
}

/// The same with one that is in memory, of which nothing is copied.
pub fn walk_text<V: Visitor>(text: &str, visitor: &mut V) -> Result<(), V::Error> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut place = Place::default();
    while !place.pass(reader.read_event().map_err(refusal)?, visitor)? {}
    Ok(())
}

/// Where in a document a walk is: the path, and the text so far of each element on it.
#[derive(Default)]
struct Place {
    path: String,
    /// One behind the other: an element that ends takes its text away, and its parent's goes on.
    text: String,
    /// Where the text of each begins.
    starts: Vec<usize>,
    /// How many elements, texts and the like there were.
    events: u64,
}

impl Place {
    /// Goes one event further; whether that was the end.
    fn pass<V: Visitor>(&mut self, event: Event<'_>, visitor: &mut V) -> Result<bool, V::Error> {
        self.events += 1;
        if self.events.is_multiple_of(GIVE_WAY_EVERY) {
            go_on()?;
        }
        match event {
            Event::Start(start) => {
                let Self { path, text, starts, .. } = self;
                if starts.len() == MAX_DEPTH {
                    return Err(Refusal::malformed("it nests too deep").into());
                }
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(start.local_name().as_ref());
                starts.push(text.len());
                visitor.open(path, &Attributes(&start))?;
            }
            Event::End(_) => {
                let Self { path, text, starts, .. } = self;
                let start = starts.pop().unwrap_or_default();
                visitor.close(path, text.get(start..).unwrap_or_default().trim())?;
                text.truncate(start);
                path.truncate(path.rfind('/').unwrap_or_default());
            }
            Event::Text(text) => self.add(&text),
            Event::CData(text) => self.add(&text),
            Event::GeneralRef(name) => self.add(&resolved(&name)?),
            Event::Eof if self.starts.is_empty() => return Ok(true),
            Event::Eof => {
                return Err(Refusal::new(Reason::Truncated, "it ends in the middle").into());
            }
            // An empty element comes as its start and its end.
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_) => {}
        }
        Ok(false)
    }

    fn add(&mut self, more: &str) {
        if let Some(start) = self.starts.last()
            && self.text.len() - start + more.len() <= MAX_TEXT
        {
            self.text.push_str(more);
        }
    }
}

/// A document that ends within a tag ends too early; anything else breaks the rules.
fn refusal(error: Error) -> Refusal {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => Refusal::malformed(error),
        Error::Syntax(_) => Refusal::new(Reason::Truncated, "it ends in the middle"),
        _ => Refusal::malformed(error),
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

/// A source that does not hand out more than [`MAX_EVENT`] at once: the reader keeps a tag in memory, however
/// long it is.
struct Bounded<R> {
    source: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag or a text is too long"));
        }
        let available = self.source.fill_buf()?;
        Ok(available.get(..self.left).unwrap_or(available))
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.source.consume(amount);
    }
}
