//! Decides whether a damaged document is accepted.

use std::borrow::Cow;

use super::{Reason, Recording, Refusal};

/// Accepts a damaged document with a warning if something complete was found in it. Otherwise,
/// rejects it because of the damage.
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
                    Cow::Borrowed("the file ends early: everything before the end was read")
                }
                _ => Cow::Borrowed("the file is damaged: only its readable parts were read"),
            });
            Ok(recording)
        }
    }
}
