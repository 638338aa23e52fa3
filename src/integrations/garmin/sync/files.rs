//! How files of Garmin's come.

/// How files come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    Fetch,
    /// By webhooks of their own.
    Come,
}
