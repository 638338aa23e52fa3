//! Decides which characters a PNG can show: those of the bundled fonts. Servers usually have no
//! fonts.
//!
//! Ubuntu contains Latin, Greek and Cyrillic letters, Noto Emoji contains pictograms. Fonts for the
//! other scripts take tens of megabytes.

use std::sync::LazyLock;

use epaint_default_fonts::{NOTO_EMOJI_REGULAR, UBUNTU_LIGHT};
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

static LETTERS: LazyLock<Option<Charmap<'static>>> = LazyLock::new(|| charmap(UBUNTU_LIGHT));
static PICTOGRAMS: LazyLock<Option<Charmap<'static>>> =
    LazyLock::new(|| charmap(NOTO_EMOJI_REGULAR));

fn charmap(font: &'static [u8]) -> Option<Charmap<'static>> {
    FontRef::new(font).ok().map(|font| font.charmap())
}

fn has(font: &Option<Charmap<'_>>, c: char) -> bool {
    font.as_ref().and_then(|font| font.map(c)).is_some_and(|glyph| glyph.to_u32() != 0)
}

/// Returns whether the character is drawn with the pictogram font.
fn is_pictogram(c: char) -> bool {
    !has(&LETTERS, c) && has(&PICTOGRAMS, c)
}

/// Joiners and modifiers. The pictograms can be shown, but not their combination.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the part of a title that can be shown, without brackets and punctuation that belonged to
/// the rest. Returns `None` if nothing is left.
pub fn readable(title: &str) -> Option<String> {
    let (mut text, mut is_cut) = (String::new(), false);
    for c in title.nfc().filter(|c| !is_joiner(*c)) {
        if has(&LETTERS, c) || is_pictogram(c) {
            text.push(c);
        } else if !is_combining_mark(c) {
            is_cut |= !c.is_whitespace();
            text.push(' ');
        }
    }
    if !is_cut {
        return Some(text);
    }
    let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = collapsed(&text);
    for empty in ["( )", "()", "[ ]", "[]", "\" \"", "\"\""] {
        text = text.replace(empty, " ");
    }
    let text = collapsed(&text);
    let is_left_over = |c: char| c.is_whitespace() || ",;:.-–—·/|&+~".contains(c);
    let text = text.trim_start_matches(is_left_over).trim_end_matches(is_left_over);
    let says_something = text.chars().any(|c| c.is_alphanumeric() || is_pictogram(c));
    says_something.then(|| text.to_owned())
}

/// Names the font of each pictogram in an SVG. Otherwise, usvg falls back to a second font only if
/// both fonts produce the same number of glyphs for the whole text, which ligatures prevent.
pub fn with_fonts(svg: &str) -> String {
    let mut named = String::with_capacity(svg.len());
    let mut is_open = false;
    for c in svg.chars() {
        if is_open != is_pictogram(c) {
            named.push_str(if is_open { "</tspan>" } else { "<tspan font-family=\"Noto Emoji\">" });
            is_open = !is_open;
        }
        named.push(c);
    }
    named
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Group, Node};

    use super::*;
    use crate::pictures::png::tree;

    #[test]
    fn what_can_be_read_stays() {
        for (title, shown) in [
            ("Morning run", Some("Morning run")),
            ("Čeština, Ελλάδα, Україна — „so“!", Some("Čeština, Ελλάδα, Україна — „so“!")),
            ("Cafe\u{301}", Some("Café")),
            ("日本語", None),
            ("שלום", None),
            ("ریاضة · ไทย", None),
            ("(東京)!", None),
            ("東京マラソン (Tokyo) 42 km", Some("(Tokyo) 42 km")),
            ("Run (東京), with Ana", Some("Run , with Ana")),
            ("朝ラン, 10 km", Some("10 km")),
            ("한강 5K", Some("5K")),
            ("ריצה 🏃 בוקר", Some("🏃")),
            ("👩‍🚀 and 👍🏽", Some("👩🚀 and 👍")),
            ("Office 1️⃣", Some("Office 1")),
            ("!!!", Some("!!!")),
        ] {
            assert_eq!(readable(title).as_deref(), shown, "{title}");
        }
    }

    /// Counts the glyphs that stand for missing characters.
    fn missing(group: &Group) -> usize {
        let of = |node: &Node| match node {
            Node::Group(group) => missing(group),
            Node::Text(text) => {
                let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                glyphs.filter(|glyph| glyph.id.0 == 0).count()
            }
            _ => 0,
        };
        group.children().iter().map(of).sum()
    }

    #[test]
    fn no_title_makes_boxes() {
        let text = |text: &str| {
            let svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text font-family=\"Ubuntu\" y=\"9\">{text}</text></svg>"
            );
            missing(tree(&svg).unwrap().root())
        };
        assert!(text("日本") > 0);
        for title in [
            "東京 5K",
            "Office 🏃 flow",
            "fi 👨‍👩‍👧‍👦 ffi",
            "שלום run",
            "مرحبا 🏃‍♀️ fit",
            "สวัสดี",
            "हिन्दी 10",
            "🇩🇪 Köln",
            "❤️ 1️⃣ ☀️",
            "👍🏽👍🏿",
            "Ωж½ €",
            "a\u{301}b\u{308}",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Highlands",
            "Ｆｕｌｌ ｗｉｄｔｈ",
            "ﬁ ﬂ",
            "𝓡𝓾𝓷",
            "\u{202e}abc",
            "Zalgo z̷̧̛",
            "🫠🪿🛜 new",
            "㊙ ™ ©",
        ] {
            let shown = readable(title).unwrap_or_default();
            assert_eq!(text(&shown), 0, "{title}: {shown}");
        }
    }
}
