//! Ids that clients choose, so that an activity has its id before the server knows of it.

use uuid::Uuid;

use super::types::{OnExisting, Outcome};
use crate::error::{ApiError, ErrorCode, FieldError};

/// A chosen id that is or was in use.
#[derive(Clone, Copy, Debug)]
pub enum ChosenId {
    /// The user's activity has it. The id and revision are those of the activity that is shown.
    Known { id: Uuid, revision: i64, is_same: bool },
    /// The user deleted the activity.
    Deleted { id: Uuid },
    /// Somebody else's activity has it.
    Foreign,
}

impl ChosenId {
    /// What a create with this id comes to.
    pub fn outcome(self, on_existing: OnExisting) -> Outcome {
        let refused = match self {
            Self::Known { id, revision, .. } if on_existing == OnExisting::Keep => {
                return Outcome::Kept { id, revision };
            }
            Self::Known { id, revision, is_same: true } => {
                return Outcome::Unchanged { id, revision };
            }
            Self::Deleted { id } if on_existing == OnExisting::Keep => {
                return Outcome::Deleted { id };
            }
            Self::Known { .. } => Self::refused(
                ErrorCode::IdTaken,
                "is that of an activity with other content: read it, or change it with PUT",
            ),
            Self::Deleted { .. } => Self::refused(
                ErrorCode::AlreadyDeleted,
                "is that of an activity that was deleted: choose another",
            ),
            Self::Foreign => Self::taken(),
        };
        Outcome::Error(refused.into())
    }

    /// The error for an id of somebody else's activity.
    pub fn taken() -> ApiError {
        Self::refused(ErrorCode::IdTaken, "is taken: choose a random one")
    }

    fn refused(code: ErrorCode, problem: &'static str) -> ApiError {
        let fields = vec![FieldError::new("id", "duplicate", problem)];
        ApiError { fields, ..ApiError::new(code, format!("id {problem}")) }
    }
}
