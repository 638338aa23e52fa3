//! Writing XML, indented for those who look into it.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

pub type Xml = Writer<Vec<u8>>;

/// A document; `write` writes its root.
pub fn document(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    write(&mut xml)?;
    Ok(xml.into_inner())
}

/// An element with other elements in it.
pub fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let element = xml.create_element(name).with_attributes(attributes.iter().copied());
    element.write_inner_content(inside).map(drop)
}

/// An element with a text, if there is one. Characters that XML 1.0 (section 2.2) does not have are left
/// out.
pub fn text(xml: &mut Xml, name: &str, text: Option<impl ToString>) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    let is_character = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let is_character = |c: &char| is_character(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.to_string().chars().filter(is_character).collect();
    xml.create_element(name).write_text_content(BytesText::new(&text)).map(drop)
}
