//! XML, read as a walk over paths of local names: no DTDs and no entities of their own, and
//! limits on what one document may make of us. A document need not be well-formed: what can be
//! read of it is.

mod encoding;
mod place;
mod references;

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
    ops::ControlFlow,
};

use quick_xml::{Error, Reader, errors::SyntaxError, events::BytesStart, reader::Config};

use self::{place::Place, references::resolve_all};
use super::{Reason, Refusal, values};

pub use encoding::{text, utf16};

/// Of one tag or text, before it is looked at.
const MAX_EVENT: usize = 1024 * 1024;

/// Visits the elements of a document. A path is made of local names: `gpx/trk/name`.
pub trait Visitor {
    type Error: From<Refusal>;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Self::Error>;

    /// `text` is that of the element itself, without white space around it.
    fn close(&mut self, path: &str, text: &str) -> Result<(), Self::Error>;
}

/// The last name of a path: extensions nest each in its own way.
pub fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The attributes of an element.
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// By local name.
    pub fn get(&self, name: &str) -> Option<String> {
        self.text(name).map(Cow::into_owned)
    }

    /// The number that an attribute is.
    pub fn number(&self, name: &str) -> Option<f64> {
        values::number(&self.text(name)?)
    }

    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.0.attributes();
        // Whether one is given twice is of no interest: the first counts.
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|found| found.key.local_name().as_ref() == name)?;
        let text = found.value;
        Some(if text.contains('&') { Cow::Owned(resolve_all(&text)) } else { text })
    }
}

/// Walks through a document as it comes. One that is damaged is refused when all that can be read
/// of it was.
pub fn walk<V: Visitor>(source: impl BufRead, visitor: &mut V) -> Result<(), V::Error> {
    let mut reader = Reader::from_reader(Bounded { source, left: MAX_EVENT });
    configure(reader.config_mut());
    let (mut buffer, mut place) = (Vec::new(), Place::default());
    loop {
        buffer.clear();
        reader.get_mut().left = MAX_EVENT;
        let step = match reader.read_event_into(&mut buffer) {
            Ok(event) => place.pass(event, visitor)?,
            Err(error) => ControlFlow::Break(Some(refusal(error))),
        };
        if let ControlFlow::Break(damage) = step {
            return damage.map_or(Ok(()), |damage| Err(damage.into()));
        }
    }
}

/// Walks through a document in memory, of which nothing is copied, as far as it can be read. What
/// is wrong with it comes back: whether that matters depends on what was found.
pub fn walk_text<V: Visitor>(text: &str, visitor: &mut V) -> Result<Option<Refusal>, V::Error> {
    let mut reader = Reader::from_str(text);
    configure(reader.config_mut());
    let mut place = Place::default();
    loop {
        let step = match reader.read_event() {
            Ok(event) => place.pass(event, visitor)?,
            Err(error) => {
                let rest =
                    usize::try_from(reader.error_position()).ok().and_then(|at| text.get(at..));
                let is_cut_off = rest.is_none_or(|rest| !rest.contains('>'));
                ControlFlow::Break(Some(if is_cut_off { truncated() } else { refusal(error) }))
            }
        };
        if let ControlFlow::Break(damage) = step {
            return Ok(damage);
        }
    }
}

/// What is written wrongly is for [`Place`] to make something of.
fn configure(config: &mut Config) {
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
}

/// A document that ends within a tag ends too early; anything else breaks the rules.
fn refusal(error: Error) -> Refusal {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => Refusal::malformed(error),
        Error::Syntax(_) => truncated(),
        _ => Refusal::malformed(error),
    }
}

fn truncated() -> Refusal {
    Refusal::new(Reason::Truncated, "it ends in the middle")
}

/// A source that does not hand out more than [`MAX_EVENT`] at once: the reader keeps a tag in
/// memory, however long it is.
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
