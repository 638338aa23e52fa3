//! How a picture looks: its colours, units, layout and frame.

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Theme, Units};

/// Appearance of a picture, with all defaults resolved.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    pub theme: Theme,
    pub units: Units,
    pub layout: Layout,
    /// Whether the picture has a background with a border.
    pub has_frame: bool,
}

/// The width that a picture is made for. `narrow` has fewer labels and more lines, so that its
/// letters are readable on a phone.
#[derive(
    Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema,
)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = PictureLayout, rename_all = "lowercase")]
pub enum Layout {
    #[default]
    Wide,
    Narrow,
}

impl Layout {
    /// Width of the picture in CSS pixels. The smallest text has 12 pixels, or 11 pixels
    /// if a narrow picture is shown at a width of 320 pixels.
    pub fn width(self) -> f64 {
        if self.is_narrow() { 344.0 } else { 800.0 }
    }

    /// Space at each side, in CSS pixels.
    pub fn margin(self) -> f64 {
        if self.is_narrow() { 16.0 } else { 24.0 }
    }

    /// Right edge of the content.
    pub fn right(self) -> f64 {
        self.width() - self.margin()
    }

    /// Number of labels that fit below a plot.
    pub fn labels(self) -> f64 {
        if self.is_narrow() { 4.0 } else { 8.0 }
    }

    /// Classes of a sentence in the middle of an empty panel.
    pub fn message(self) -> &'static str {
        if self.is_narrow() { "facts muted middle" } else { "message muted middle" }
    }

    pub fn is_narrow(self) -> bool {
        self == Self::Narrow
    }
}
