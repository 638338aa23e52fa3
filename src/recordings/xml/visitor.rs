//! The visitor of a document, and what it is shown.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use super::references::resolve_all;
use crate::{
    recordings::{Reason, Refusal, values},
    sport::Position,
};

/// Visits the elements of a document. A path consists of local names: `gpx/trk/name`.
pub trait Visitor {
    type Error: From<Refusal>;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Self::Error>;

    /// `text` is the element's own text, without surrounding white space.
    fn close(&mut self, path: &str, text: &str) -> Result<(), Self::Error>;
}

/// The attributes of an element.
pub struct Attributes<'a>(pub &'a BytesStart<'a>);

impl Attributes<'_> {
    /// Returns an attribute by its local name.
    pub fn get(&self, name: &str) -> Option<String> {
        self.all().find(|(found, _)| *found == name).map(|(_, text)| text.into_owned())
    }

    /// Returns the position in the attributes `lat` and `lon`.
    pub fn place(&self) -> Option<Position> {
        let (mut latitude, mut longitude) = (None, None);
        for (name, text) in self.all() {
            match name {
                "lat" if latitude.is_none() => latitude = values::latitude(&text),
                "lon" if longitude.is_none() => longitude = values::longitude(&text),
                _ => {}
            }
        }
        Position::new(latitude?, longitude?)
    }

    /// Returns all attributes with their local names. Duplicates are not checked.
    fn all(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.flatten().map(|found| {
            let (name, text) = (found.key.local_name().into_inner(), found.value);
            (
                name,
                if text.as_bytes().contains(&b'&') { Cow::Owned(resolve_all(&text)) } else { text },
            )
        })
    }
}

/// The error for a document that ends in the middle.
pub fn truncated() -> Refusal {
    Refusal::new(Reason::Truncated, "the file ends early")
}
