//! What becomes of a document that is damaged.

use std::borrow::Cow;

use super::{Reason, Recording, Refusal};

/// A damaged document is taken with a warning when something whole was found in it. One without is
/// refused for its damage.
pub fn warn_of(
    damage: Option<Refusal>,
    found: Result<Recording, Refusal>,
) -> Result<Recording, Refusal> {
    match (damage, found) {
        (None, found) => found,
        (Some(damage), Err(refusal)) if refusal.reason == Reason::NotAnActivity => Err(damage),
        (Some(_), Err(refusal)) => Err(refusal),
        (Some(damage), Ok(mut recording)) => {
            recording.warnings.push(match damage.reason {
                Reason::Truncated => {
                    Cow::Borrowed("it ends in the middle: what comes before was read")
                }
                _ => Cow::Borrowed("it is damaged: what could be read of it was"),
            });
            Ok(recording)
        }
    }
}
