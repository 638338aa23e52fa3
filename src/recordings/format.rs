//! The supported formats.

/// A supported format of recordings, logs or archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Fit,
    Gpx,
    Tcx,
    Kml,
    Gzip,
    Zip,
    /// `export.xml` of Apple Health.
    AppleHealth,
    /// A table of activities.
    Activities,
    /// A table of exercise sets.
    Sets,
    /// A training session of Polar Flow.
    Polar,
    /// A session of Google Fit.
    GoogleFit,
    /// Exercises of Fitbit.
    Fitbit,
    HealthAutoExport,
}

impl Format {
    /// Number of bytes needed to detect the format.
    pub const HEAD: u64 = 16 * 1024;

    /// Returns whether the file is a log, in which each entry is a separate activity.
    pub fn is_log(self) -> bool {
        matches!(self, Self::Activities | Self::Sets | Self::Fitbit | Self::HealthAutoExport)
    }
}
