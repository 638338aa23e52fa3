//! The title and the facts at the top of a picture.

use super::{Layout, Svg, words};

/// Baselines of the first line of the title and of the facts.
const TITLE: f64 = 38.0;
const FACTS: f64 = 60.0;

/// Heights of a line of the title and of the facts.
const TITLE_LINE: f64 = 22.0;
const FACTS_LINE: f64 = 18.0;

/// Average letters in a line of a narrow picture.
const TITLE_ROOM: f64 = 30.0;
const FACTS_ROOM: f64 = 44.0;

/// Maximum number of lines of a title.
const MOST_TITLE_LINES: usize = 2;

/// A title and facts, broken into lines.
pub struct Header {
    layout: Layout,
    title: Vec<String>,
    facts: Vec<String>,
}

impl Header {
    /// A wide picture has one line of each. The caller has shortened the title for it.
    pub fn new(layout: Layout, title: &str, facts: &[String]) -> Self {
        if !layout.is_narrow() {
            return Self { layout, title: vec![title.to_owned()], facts: vec![facts.join(" · ")] };
        }
        let words: Vec<&str> = title.split_whitespace().collect();
        let mut lines = words::lines(&words, " ", TITLE_ROOM);
        if lines.len() > MOST_TITLE_LINES {
            let rest = lines.split_off(MOST_TITLE_LINES - 1).join(" ");
            lines.push(words::shortened(&rest, TITLE_ROOM));
        }
        let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
        Self { layout, title: lines, facts: words::lines(&facts, " · ", FACTS_ROOM) }
    }

    /// Returns where the content begins.
    pub fn bottom(&self) -> f64 {
        self.facts_at(self.facts.len())
    }

    pub fn draw(&self, svg: &mut Svg) {
        for (at, line) in self.title.iter().enumerate() {
            let y = TITLE + at as f64 * TITLE_LINE;
            svg.text("title ink", (self.layout.margin(), y), line);
        }
        for (at, line) in self.facts.iter().enumerate() {
            svg.text("facts muted", (self.layout.margin(), self.facts_at(at)), line);
        }
    }

    /// Returns the baseline of a line of the facts.
    fn facts_at(&self, line: usize) -> f64 {
        let title = self.title.len().saturating_sub(1) as f64 * TITLE_LINE;
        FACTS + title + line as f64 * FACTS_LINE
    }
}
