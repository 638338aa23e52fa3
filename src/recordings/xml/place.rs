//! Where in a document a walk is.

use quick_xml::events::{BytesStart, Event};

use super::{Attributes, Visitor, references::resolve, truncated, unclosed::MAX_UNCLOSED};
use crate::recordings::{Refusal, refusal::go_on};

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
    open: Vec<Open>,
    /// How many elements, texts and the like there were.
    events: u64,
    /// How many tags did not end.
    unclosed: usize,
    /// What is wrong with the document: why it ends, or else the first thing.
    pub damage: Option<Refusal>,
}

/// Where the name of an element begins in the path, and where its text does.
struct Open {
    name: usize,
    text: usize,
}

impl Place {
    /// Goes one event further; false at the end.
    pub fn pass<V: Visitor>(
        &mut self,
        event: Event<'_>,
        visitor: &mut V,
    ) -> Result<bool, V::Error> {
        self.events += 1;
        if self.events.is_multiple_of(GIVE_WAY_EVERY) {
            go_on()?;
        }
        match event {
            Event::Start(_) if self.open.len() == MAX_DEPTH => {
                self.damage = Some(Refusal::malformed(format_args!(
                    "it nests more than {MAX_DEPTH} levels deep"
                )));
                return Ok(false);
            }
            Event::Start(start) => self.open(&start, visitor)?,
            Event::End(end) => self.end(end.local_name().as_ref(), visitor)?,
            Event::Text(text) => self.add(&text),
            Event::CData(text) => self.add(&text),
            Event::GeneralRef(name) => self.refer(&name),
            Event::Eof => {
                if !self.open.is_empty() {
                    self.damage = Some(truncated());
                }
                return Ok(false);
            }
            // An empty element comes as its start and its end.
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_) => {}
        }
        Ok(true)
    }

    /// Passes over a tag that does not end; false when there were too many.
    pub fn pass_over(&mut self) -> bool {
        self.unclosed += 1;
        self.damage.get_or_insert_with(|| Refusal::malformed("a tag does not end"));
        self.unclosed <= MAX_UNCLOSED
    }

    fn open<V: Visitor>(
        &mut self,
        start: &BytesStart<'_>,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.open.push(Open { name: self.path.len(), text: self.text.len() });
        self.path.push_str(start.local_name().as_ref());
        visitor.open(&self.path, &Attributes(start))
    }

    /// An end tag closes the nearest element of its name, and those in it that were left open. One
    /// without an element is passed over: recorders that were killed close their files twice.
    fn end<V: Visitor>(&mut self, name: &str, visitor: &mut V) -> Result<(), V::Error> {
        let Some(inner) = self.inside(name) else { return Ok(()) };
        if inner > 0 && self.damage.is_none() {
            let what = format_args!("</{name}> comes where another element is open");
            self.damage = Some(Refusal::malformed(what));
        }
        for _ in 0..=inner {
            let Some(ended) = self.open.pop() else { break };
            visitor
                .close(&self.path, self.text.get(ended.text..).unwrap_or_default().trim_ascii())?;
            self.text.truncate(ended.text);
            self.path.truncate(ended.name.saturating_sub(1));
        }
        Ok(())
    }

    /// How many elements are open in the nearest of that name.
    fn inside(&self, name: &str) -> Option<usize> {
        let mut end = self.path.len();
        self.open.iter().rev().position(|open| {
            let is_it = self.path.get(open.name..end) == Some(name);
            end = open.name.saturating_sub(1);
            is_it
        })
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
        if let Some(open) = self.open.last()
            && self.text.len() - open.text + more.len() <= MAX_TEXT
        {
            self.text.push_str(more);
        }
    }
}
