//! Unclosed tags, caused for example by a missing quotation mark.

/// Maximum number of unclosed tags that are skipped. Each must be read until it is too long.
pub const MAX_UNCLOSED: usize = 100;

/// Returns the start of the next tag after an unclosed one: a `<` that follows a `>`.
pub fn next_tag(unclosed: &[u8]) -> Option<usize> {
    let is_tag = |tag: &&[u8]| !tag.starts_with(b"!") && !tag.starts_with(b"?");
    let mut rest = unclosed.strip_prefix(b"<").filter(is_tag)?;
    while let Some(end) = rest.iter().position(|byte| *byte == b'>') {
        rest = rest.get(end + 1..)?.trim_ascii_start();
        if rest.starts_with(b"<") {
            return Some(unclosed.len() - rest.len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_tag_follows_the_end_of_another() {
        for (unclosed, rest) in [
            ("<a b=\"1> <c/>", Some("<c/>")),
            ("<a b=\"1>text</a>\n</x>", Some("</x>")),
            ("<a b=\"<\" c=\"1", None),
            ("<a b=\"1>", None),
            ("<!-- <a> <b>", None),
            ("<? <a> <b>", None),
            ("> <a>", None),
            ("<", None),
            ("", None),
        ] {
            let found = next_tag(unclosed.as_bytes()).map(|at| &unclosed[at..]);
            assert_eq!(found, rest, "{unclosed}");
        }
    }
}
