//! The states of a message.

use derive_more::{Display, FromStr};

/// The state of a message.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum Status {
    /// Waiting until it is due, or for a relay.
    Queued,
    /// Leased by a relay.
    Sending,
    /// Accepted by the provider.
    Sent,
    /// Given up after a permanent error.
    Dead,
    /// Expired before it could be sent.
    Expired,
    /// Superseded, or no longer needed.
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Sent, Self::Dead, Self::Expired, Self::Cancelled];
}
