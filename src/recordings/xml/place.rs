//! Where in a document a walk is.

use std::ops::ControlFlow;

use quick_xml::events::{BytesStart, Event};

use super::{Attributes, Visitor, references::resolve};
use crate::recordings::{Reason, Refusal, refusal::go_on};

/// Deeper than any of the formats.
const MAX_DEPTH: usize = 32;

/// Of the text of one element; what is more is cut off.
const MAX_TEXT: usize = 64 * 1024;

/// To look at the clock takes as long as to read an element.
const GIVE_WAY_EVERY: u64 = 32;

/// The path, and the text so far of each element on it.
#[derive(Default)]
pub struct Place {
    path: String,
    /// One behind the other: an element that ends takes its text away, and its parent's goes on.
    text: String,
    /// Where the text of each begins.
    starts: Vec<usize>,
    /// How many elements, texts and the like there were.
    events: u64,
    /// The first thing that is wrong with the document.
    damage: Option<Refusal>,
}

impl Place {
    /// Goes one event further. It breaks off at the end, with what is wrong with the document.
    pub fn pass<V: Visitor>(
        &mut self,
        event: Event<'_>,
        visitor: &mut V,
    ) -> Result<ControlFlow<Option<Refusal>>, V::Error> {
        self.events += 1;
        if self.events.is_multiple_of(GIVE_WAY_EVERY) {
            go_on()?;
        }
        match event {
            Event::Start(_) if self.starts.len() == MAX_DEPTH => {
                let what = Refusal::malformed("it nests too deep");
                return Ok(ControlFlow::Break(Some(what)));
            }
            Event::Start(start) => self.open(&start, visitor)?,
            Event::End(end) => self.end(end.local_name().as_ref(), visitor)?,
            Event::Text(text) => self.add(&text),
            Event::CData(text) => self.add(&text),
            Event::GeneralRef(name) => self.refer(&name),
            Event::Eof if self.starts.is_empty() => {
                return Ok(ControlFlow::Break(self.damage.take()));
            }
            Event::Eof => {
                let what = Refusal::new(Reason::Truncated, "it ends in the middle");
                return Ok(ControlFlow::Break(Some(what)));
            }
            // An empty element comes as its start and its end.
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_) => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open<V: Visitor>(
        &mut self,
        start: &BytesStart<'_>,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(start.local_name().as_ref());
        self.starts.push(self.text.len());
        visitor.open(&self.path, &Attributes(start))
    }

    /// An end tag closes the nearest element of its name, and those in it that were left open. One
    /// without an element is passed over: recorders that were killed close their files twice.
    fn end<V: Visitor>(&mut self, name: &str, visitor: &mut V) -> Result<(), V::Error> {
        let Some(inner) = self.path.rsplit('/').position(|open| open == name) else {
            return Ok(());
        };
        if inner > 0 && self.damage.is_none() {
            let what = format_args!("</{name}> comes where another element is open");
            self.damage = Some(Refusal::malformed(what));
        }
        for _ in 0..=inner {
            let start = self.starts.pop().unwrap_or_default();
            visitor.close(&self.path, self.text.get(start..).unwrap_or_default().trim())?;
            self.text.truncate(start);
            self.path.truncate(self.path.rfind('/').unwrap_or_default());
        }
        Ok(())
    }

    fn refer(&mut self, name: &str) {
        if let Some(text) = resolve(name) {
            return self.add(&text);
        }
        // A bare ampersand and a semicolon some words later make no reference.
        let is_reference = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_reference && self.damage.is_none() {
            self.damage = Some(Refusal::malformed(format_args!("there is no entity {name}")));
        }
        self.add("&");
        self.add(name);
        self.add(";");
    }

    fn add(&mut self, more: &str) {
        if let Some(start) = self.starts.last()
            && self.text.len() - start + more.len() <= MAX_TEXT
        {
            self.text.push_str(more);
        }
    }
}
