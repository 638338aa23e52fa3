//! Writes XML, indented for human readers.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

pub type Xml = Writer<Vec<u8>>;

/// An empty writer.
pub fn indented() -> Xml {
    Writer::new_with_indent(Vec::new(), b' ', 1)
}

/// Writes the XML declaration.
pub fn declaration(xml: &mut Xml) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
}

/// Starts an element; [`close`] ends it.
pub fn open(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
    xml.write_event(Event::Start(start))
}

pub fn close(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

/// Writes an element that contains other elements.
pub fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let element = xml.create_element(name).with_attributes(attributes.iter().copied());
    element.write_inner_content(inside).map(drop)
}

/// Writes an element that contains text, if there is any.
pub fn text(xml: &mut Xml, name: &str, text: Option<impl ToString>) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    let text = characters(&text.to_string());
    xml.create_element(name).write_text_content(BytesText::new(&text)).map(drop)
}

/// The text without the characters that XML 1.0 (section 2.2) forbids.
pub fn characters(text: &str) -> String {
    let is_character = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    text.chars().filter(|c| is_character(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
