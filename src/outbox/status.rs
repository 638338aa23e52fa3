//! The states of a message.

use derive_more::{Display, FromStr};

/// Where a message is between being enqueued and being over.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum Status {
    /// Waits for its time or for a relay.
    Queued,
    /// A relay holds its lease.
    Sending,
    /// The provider took it.
    Sent,
    /// The provider will never take it.
    Dead,
    /// Nobody would have wanted it any more.
    Expired,
    /// Superseded, or what it was about is over.
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Sent, Self::Dead, Self::Expired, Self::Cancelled];
}
