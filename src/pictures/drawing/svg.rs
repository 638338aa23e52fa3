//! Writing SVG: shapes with classes, which the theme gives colours, and everything escaped.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::theme::Theme;

/// A picture being drawn. What is drawn later covers what was drawn before.
pub struct Svg {
    text: String,
}

/// The size of a picture, and what it shows in words: for those who do not see it.
pub struct Canvas<'a> {
    /// In pixels of CSS.
    pub width: f64,
    pub height: f64,
    /// A few words.
    pub title: &'a str,
    /// Whole sentences: totals and extremes.
    pub description: &'a str,
}

impl Svg {
    /// A picture with nothing on it but its background.
    pub fn new(theme: Theme, canvas: &Canvas<'_>) -> Self {
        let Canvas { width, height, title, description } = canvas;
        let mut svg = Self { text: String::new() };
        svg.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"{}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\
             <title>{}</title><desc>{}</desc><style>{}</style>",
            theme.class(),
            clean(title),
            clean(description),
            theme.style(),
        ));
        svg.rect("bg", [0.5, 0.5, width - 1.0, height - 1.0], 10.0);
        svg
    }

    /// At `[x, y, width, height]`.
    pub fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4], radius: f64) {
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            n(x),
            n(y),
            n(width.max(0.0)),
            n(height.max(0.0)),
            n(radius)
        ));
    }

    pub fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.push(format_args!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            n(x),
            n(y),
            n(radius)
        ));
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.path(class, &format!("M{} {}L{} {}", n(from.0), n(from.1), n(to.0), n(to.1)));
    }

    /// `data` as [`outline`] writes it.
    pub fn path(&mut self, class: &str, data: &str) {
        if !data.is_empty() {
            self.push(format_args!("<path class=\"{class}\" d=\"{data}\"/>"));
        }
    }

    /// Ends, or with class `end` or `middle` lies, at `x`; stands on `y`.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            n(x),
            n(y),
            clean(text)
        ));
    }

    /// What is drawn by `inside` says `title` to who points at it.
    pub fn named(&mut self, title: &str, inside: impl FnOnce(&mut Self)) {
        self.push(format_args!("<g><title>{}</title>", clean(title)));
        inside(self);
        self.push(format_args!("</g>"));
    }

    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

/// Lines through the points of each piece; one that has a single point is a dot where line ends are round.
pub fn outline(pieces: &[Vec<(f64, f64)>]) -> String {
    let mut data = String::new();
    for piece in pieces {
        for (at, (x, y)) in piece.iter().enumerate() {
            let command = if at == 0 { 'M' } else { 'L' };
            let _ = write!(data, "{command}{} {}", n(*x), n(*y));
        }
        if piece.len() == 1 {
            data.push_str("h0");
        }
    }
    data
}

/// The areas between the lines and `bottom`.
pub fn area(pieces: &[Vec<(f64, f64)>], bottom: f64) -> String {
    let mut data = String::new();
    for piece in pieces.iter().filter(|piece| piece.len() > 1) {
        data.push_str(&outline(std::slice::from_ref(piece)));
        if let (Some((first, _)), Some((last, _))) = (piece.first(), piece.last()) {
            let _ = write!(data, "L{} {b}L{} {b}Z", n(*last), n(*first), b = n(bottom));
        }
    }
    data
}

/// A coordinate to a tenth of a pixel, which no eye sees; 0 for what is no number.
fn n(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding zero makes -0 a 0.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

/// Escaped, and without what XML 1.0 (section 2.2) has no character for.
fn clean(text: &str) -> String {
    let is_character = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    escape(text.chars().filter(is_character).collect::<String>()).into_owned()
}
