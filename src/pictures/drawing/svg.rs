//! Writes SVG. Shapes have classes, which the theme colours. All text is escaped.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::{Design, printable};

/// A picture being drawn. Later shapes cover earlier ones.
pub struct Svg {
    text: String,
}

/// The size of a picture and its text alternative.
pub struct Canvas<'a> {
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// A few words.
    pub title: &'a str,
    /// Full sentences with totals and extremes.
    pub description: &'a str,
}

impl Svg {
    /// Creates a picture without content.
    pub fn new(design: Design, canvas: &Canvas<'_>) -> Self {
        let theme = design.theme;
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
        if design.has_frame {
            svg.rect("bg", [0.5, 0.5, width - 1.0, height - 1.0], 10.0);
        }
        svg
    }

    /// Draws a rectangle at `[x, y, width, height]`.
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

    /// Draws a path. `data` is in the format of [`outline`].
    pub fn path(&mut self, class: &str, data: &str) {
        if !data.is_empty() {
            self.push(format_args!("<path class=\"{class}\" d=\"{data}\"/>"));
        }
    }

    /// Draws text on the baseline `y`. It starts at `x`, ends there with class `end`, or is centred
    /// there with class `middle`.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            n(x),
            n(y),
            clean(text)
        ));
    }

    /// Groups the shapes drawn by `inside` and shows `title` as their tooltip.
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

/// Path data of lines through the points of each piece. A single point becomes a dot if line caps
/// are round.
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

/// Path data of the areas between the lines and `bottom`.
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

/// Rounds a coordinate to a tenth of a pixel, a difference that is invisible. Returns 0 for a value
/// that is not a number.
fn n(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding zero turns -0 into 0.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

/// Escapes the text and removes characters that XML does not allow.
fn clean(text: &str) -> String {
    escape(printable(text)).into_owned()
}
