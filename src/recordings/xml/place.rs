//! The position of a walk in a document.

use quick_xml::events::{BytesStart, Event};

use super::{Attributes, Visitor, references::resolve, truncated, unclosed::MAX_UNCLOSED};
use crate::recordings::{Refusal, refusal::go_on};

/// Maximum depth of elements. No format needs more.
const MAX_DEPTH: usize = 32;

/// Maximum size of an element's text, in bytes. The rest is dropped.
const MAX_TEXT: usize = 64 * 1024;

/// Checking the clock takes as long as reading an element.
const YIELD_EVERY: u64 = 32;

/// The current path, and the text so far of each element on it.
#[derive(Default)]
pub struct Cursor {
    path: String,
    /// The texts of the open elements, one after the other. When an element ends, its text is
    /// removed, and that of its parent continues.
    text: String,
    open: Vec<Open>,
    /// Number of elements, texts and other events.
    events: u64,
    /// Number of unclosed tags.
    unclosed: usize,
    /// What is wrong with the document: why reading ended, or else the first error.
    pub damage: Option<Refusal>,
}

/// Start of an element's name in the path, and of its text.
struct Open {
    name: usize,
    text: usize,
}

impl Cursor {
    /// Processes one event. Returns false at the end.
    pub fn pass<V: Visitor>(
        &mut self,
        event: Event<'_>,
        visitor: &mut V,
    ) -> Result<bool, V::Error> {
        self.events += 1;
        if self.events.is_multiple_of(YIELD_EVERY) {
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
            // The reader reports an empty element as its start and its end.
            Event::Empty(_)
            | Event::DocType(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_) => {}
        }
        Ok(true)
    }

    /// Skips an unclosed tag. Returns false if there were too many.
    pub fn pass_over(&mut self) -> bool {
        self.unclosed += 1;
        self.damage.get_or_insert_with(|| Refusal::malformed("a tag is not closed"));
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

    /// Closes the nearest element of this name, and those still open inside it. An end tag without
    /// an element is ignored: recorders that were killed may close their files twice.
    fn end<V: Visitor>(&mut self, name: &str, visitor: &mut V) -> Result<(), V::Error> {
        let Some(inner) = self.inside(name) else { return Ok(()) };
        if inner > 0 && self.damage.is_none() {
            let what = format_args!("</{name}> comes while another element is open");
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

    /// Returns how many elements are open inside the nearest one of this name.
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
        // A bare ampersand followed by a semicolon some words later is not a reference.
        let is_reference = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_reference && self.damage.is_none() {
            self.damage =
                Some(Refusal::malformed(format_args!("the entity {name} is not defined")));
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
