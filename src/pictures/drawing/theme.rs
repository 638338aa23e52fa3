//! The colours: light, dark, or according to the reader's preference.
//!
//! Text has a contrast of at least 4.5:1 with its background, shapes have 3:1 (WCAG 2.2, 1.4.3 and
//! 1.4.11). Nothing is distinguished by colour alone. The hues are close to those of Okabe and Ito
//! ("Color Universal Design", 2008), and the ramps increase in lightness, so that they can be read
//! with a colour vision deficiency.

use std::fmt::Write;

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The colours of a picture.
#[derive(
    Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema,
)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
pub enum Theme {
    /// Follows the system setting of the reader, if it is known where the picture is shown. PNGs
    /// are light.
    #[default]
    Auto,
    Light,
    Dark,
}

/// Number of shades for days in a heatmap, not counting days without activity.
pub const SHADES: usize = 4;

struct Palette {
    background: &'static str,
    border: &'static str,
    panel: &'static str,
    grid: &'static str,
    ink: &'static str,
    muted: &'static str,
    route: &'static str,
    casing: &'static str,
    start: &'static str,
    finish: &'static str,
    elevation: &'static str,
    heart_rate: &'static str,
    speed: &'static str,
    power: &'static str,
    bar: &'static str,
    empty: &'static str,
    ramp: [&'static str; SHADES],
}

const LIGHT: Palette = Palette {
    background: "#ffffff",
    border: "#d5dbe3",
    panel: "#f5f7fa",
    grid: "#e1e6ed",
    ink: "#1b2430",
    muted: "#566273",
    route: "#0b66ad",
    casing: "#ffffff",
    start: "#00805f",
    finish: "#b3430a",
    elevation: "#5b7089",
    heart_rate: "#c2371f",
    speed: "#0b66ad",
    power: "#8a3f86",
    bar: "#2f7fbf",
    empty: "#ebeef2",
    ramp: ["#a9cfec", "#5ba4d6", "#1d6eae", "#083f73"],
};

const DARK: Palette = Palette {
    background: "#12171e",
    border: "#2b3440",
    panel: "#19202a",
    grid: "#2b3541",
    ink: "#eef2f6",
    muted: "#9caaba",
    route: "#5bb8f5",
    casing: "#12171e",
    start: "#35c79a",
    finish: "#ff9a5c",
    elevation: "#8fa5bd",
    heart_rate: "#ff8570",
    speed: "#5bb8f5",
    power: "#d99bd6",
    bar: "#4aa3df",
    empty: "#212a35",
    ramp: ["#1f4e75", "#2f7fb8", "#62b1e6", "#c3e4fb"],
};

/// The rules that all themes share. `{s}` stands for the picture's class. It keeps several pictures
/// in one page from affecting each other and the page.
const SHAPES: &str = "\
{s} text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Ubuntu,'Noto Sans',sans-serif;font-size:12px}\
{s} .title{font-size:18px;font-weight:600;unicode-bidi:plaintext}\
{s} .facts{font-size:13px}\
{s} .strong{font-size:13px;font-weight:600}\
{s} .message{font-size:15px}\
{s} .end{text-anchor:end}\
{s} .middle{text-anchor:middle}\
{s} path{fill:none;stroke-linecap:round;stroke-linejoin:round}\
{s} .grid{stroke-width:1}\
{s} .route{stroke-width:3}\
{s} .casing{stroke-width:6}\
{s} .mark{stroke-width:2}\
{s} .curve{stroke-width:1.75}\
{s} .scale{stroke-width:2}\
{s} .average{stroke-width:1.5;stroke-dasharray:5 4}\
{s} .area{fill-opacity:.16}\
{s} .unfinished{fill-opacity:.35;stroke-width:1.5}\
{s} .later{fill:none;stroke-width:1}";

impl Theme {
    /// Class of the root element.
    pub fn class(self) -> String {
        format!("sports-log-{self}")
    }

    /// Returns the style sheet of a picture.
    pub fn style(self) -> String {
        let scope = format!(".{}", self.class());
        let mut style = SHAPES.replace("{s}", &scope);
        style.push_str(&match self {
            Self::Light => LIGHT.rules(&scope),
            Self::Dark => DARK.rules(&scope),
            Self::Auto => format!(
                "{}@media (prefers-color-scheme:dark){{{}}}",
                LIGHT.rules(&scope),
                DARK.rules(&scope)
            ),
        });
        style
    }

    /// Resolves `Auto` to light, for formats that cannot follow a preference.
    pub fn settled(self) -> Self {
        if self == Self::Auto { Self::Light } else { self }
    }
}

impl Palette {
    fn rules(&self, scope: &str) -> String {
        let mut rules = String::new();
        let mut rule = |class: &str, property: &str, colour: &str| {
            // Writing to a String cannot fail.
            let _ = write!(rules, "{scope} .{class}{{{property}:{colour}}}");
        };
        rule("bg", "fill", self.background);
        rule("bg", "stroke", self.border);
        rule("panel", "fill", self.panel);
        rule("grid", "stroke", self.grid);
        rule("ink", "fill", self.ink);
        rule("muted", "fill", self.muted);
        rule("route", "stroke", self.route);
        rule("casing", "stroke", self.casing);
        rule("mark", "stroke", self.casing);
        rule("scale", "stroke", self.muted);
        rule("average", "stroke", self.ink);
        rule("start", "fill", self.start);
        rule("finish", "fill", self.finish);
        for (class, colour) in [
            ("elevation", self.elevation),
            ("heart-rate", self.heart_rate),
            ("speed", self.speed),
            ("power", self.power),
        ] {
            rule(&format!("curve.{class}"), "stroke", colour);
            rule(&format!("area.{class}"), "fill", colour);
        }
        rule("bar", "fill", self.bar);
        rule("unfinished", "stroke", self.bar);
        rule("later", "stroke", self.empty);
        rule("s0", "fill", self.empty);
        for (at, colour) in self.ramp.iter().enumerate() {
            rule(&format!("s{}", at + 1), "fill", colour);
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as defined by WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn everything_can_be_told_from_what_is_behind_it() {
        for palette in [LIGHT, DARK] {
            for behind in [palette.background, palette.panel] {
                for text in [palette.ink, palette.muted] {
                    assert!(contrast(text, behind) >= 4.5, "{text} on {behind}");
                }
                for drawn in [
                    palette.route,
                    palette.start,
                    palette.finish,
                    palette.elevation,
                    palette.heart_rate,
                    palette.speed,
                    palette.power,
                    palette.bar,
                ] {
                    assert!(contrast(drawn, behind) >= 3.0, "{drawn} on {behind}");
                }
            }
        }
    }

    #[test]
    fn each_shade_is_further_from_the_background_than_the_one_before() {
        for palette in [LIGHT, DARK] {
            let shades = [&[palette.empty][..], &palette.ramp].concat();
            for pair in shades.windows(2) {
                let of = |colour| contrast(colour, palette.background);
                assert!(of(pair[1]) > 1.35 * of(pair[0]), "{pair:?}");
            }
        }
    }
}
