//! References to characters: XML's own entities, those of HTML, which people's programs use in
//! names, and numbers. A DTD is not read, so nothing else can be one.

use quick_xml::{escape::resolve_html5_entity, events::BytesRef};

/// What `&name;` stands for. A number that is no character stands for nothing.
pub fn resolve(name: &str) -> Option<String> {
    match BytesRef::new(name).resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_html5_entity(name).map(str::to_owned),
        Err(_) => Some(String::new()),
    }
}

/// A text with its references resolved. An ampersand that begins none stands for itself.
pub fn resolve_all(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let reference =
            after.split_once(';').and_then(|(name, after)| Some((resolve(name)?, after)));
        rest = if let Some((character, after)) = reference {
            plain.push_str(&character);
            after
        } else {
            plain.push('&');
            after
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_ampersands_stay() {
        for (text, plain) in [
            ("Tom & Jerry", "Tom & Jerry"),
            ("Tom &amp; Jerry", "Tom & Jerry"),
            ("Tom & Jerry; both", "Tom & Jerry; both"),
            ("R&D &lt;3 Z&uuml;rich &#8211; &#x1F41F;&nbsp;", "R&D <3 Zürich – 🐟\u{a0}"),
            ("&&amp;&", "&&&"),
            ("&#0;a&#xD83D;b&#99999999999;", "ab"),
            ("&none;", "&none;"),
            ("", ""),
        ] {
            assert_eq!(resolve_all(text), plain, "{text}");
        }
    }
}
