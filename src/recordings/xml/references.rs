//! Character references: XML's own entities, the HTML entities that many programs use in names, and
//! numbers. DTDs are ignored, so there are no other entities.

use quick_xml::{escape::resolve_html5_entity, events::BytesRef};

/// Resolves `&name;`. A number that is not a character resolves to nothing.
pub fn resolve(name: &str) -> Option<String> {
    match BytesRef::new(name).resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_html5_entity(name).map(str::to_owned),
        Err(_) => Some(String::new()),
    }
}

/// Resolves all references in a text. An ampersand without a reference stays.
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
