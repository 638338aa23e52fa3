//! The formats that are read.

/// A format that is read, or read through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Fit,
    Gpx,
    Tcx,
    Kml,
    Gzip,
    Zip,
    /// Apple Health's `export.xml`.
    AppleHealth,
    /// A table of activities.
    Activities,
    /// A table of sets.
    Sets,
    /// A training session of Polar Flow.
    Polar,
    /// A session of Google Fit.
    GoogleFit,
    /// Fitbit's exercises.
    Fitbit,
    HealthAutoExport,
}

impl Format {
    /// How many of the first bytes are looked at.
    pub const HEAD: u64 = 16 * 1024;

    /// Whether each activity in it is one by itself.
    pub fn is_log(self) -> bool {
        matches!(self, Self::Activities | Self::Sets | Self::Fitbit | Self::HealthAutoExport)
    }
}
