//! The purposes of a code.

use derive_more::Display;

/// What a correct code proves. A code for one purpose is invalid for any other.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
pub enum Proves {
    /// The user's identity, at login.
    Login,
    /// That the phone number belongs to the account's owner.
    Phone,
    /// That the new address belongs to the account's owner.
    Email,
    /// That the account's owner makes a change.
    Change,
}
