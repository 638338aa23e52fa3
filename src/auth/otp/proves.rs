//! What a code proves.

use derive_more::Display;

/// What the right code proves; a code for one thing is none for the other.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
pub enum Proves {
    /// Who somebody is.
    Login,
    /// That a number is the account's.
    Phone,
    /// That a new address is the account's.
    Email,
    /// That it is the account's owner who changes it.
    Change,
}
