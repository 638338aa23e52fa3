//! Converts HTML descriptions, which mapping programs write, to plain text.

/// Removes the tags. Text that does not look like HTML stays unchanged.
pub fn without_tags(text: &str) -> String {
    if !text.contains("</") && !text.contains("<br") {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| is_tag) {
            Some((tag, behind)) => {
                let breaks = ["br", "/p", "/div", "/li", "/tr", "/h"];
                if breaks.iter().any(|name| tag.starts_with(name)) {
                    plain.push('\n');
                }
                rest = behind;
            }
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let lines = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_text_stays() {
        for (text, plain) in [
            ("<p>Easy <b>spin</b>,<br/>coffee.</p>\n<p>Home.</p>", "Easy spin,\ncoffee.\nHome."),
            ("a < b > c", "a < b > c"),
            ("I <3 this</i>", "I <3 this"),
            ("1<br", "1<br"),
            ("", ""),
        ] {
            assert_eq!(without_tags(text), plain, "{text}");
        }
    }
}
