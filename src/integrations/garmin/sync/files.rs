//! How files arrive from Garmin.

/// How files arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Fetch,
    /// By separate webhooks.
    Come,
}
