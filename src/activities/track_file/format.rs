//! Track file formats.

use derive_more::Display;
use serde::Deserialize;
use utoipa::ToSchema;

/// The format of a track file.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Deserialize, ToSchema)]
#[display(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum TrackFormat {
    Gpx,
    Tcx,
}

impl TrackFormat {
    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Gpx => "application/gpx+xml",
            Self::Tcx => "application/vnd.garmin.tcx+xml",
        }
    }

    /// The name of the XML element for the points between two pauses.
    pub fn piece(self) -> &'static str {
        match self {
            Self::Gpx => "trkseg",
            Self::Tcx => "Track",
        }
    }
}
