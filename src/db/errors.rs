//! What a failed statement means to a client.

use diesel::result::{DatabaseErrorKind, Error};

use crate::error::ApiError;

impl From<Error> for ApiError {
    /// Broken connections and time-outs are 503; anything else is a fault of ours.
    fn from(error: Error) -> Self {
        if is_unavailability(&error) {
            ApiError::database_unavailable(error)
        } else {
            ApiError::internal(error)
        }
    }
}

fn is_unavailability(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager => true,
        Error::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction => true,
            _ => says_unavailable(information.message()),
        },
        Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
            is_unavailability(rollback_error) || is_unavailability(commit_error)
        }
        _ => false,
    }
}

/// SQLSTATE classes 53, 55P03, 57 and 58: diesel keeps only their messages.
/// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn says_unavailable(message: &str) -> bool {
    const STARTS: [&str; 6] = [
        "terminating connection",
        "the database system is",
        "canceling statement due to",
        "sorry, too many clients",
        "remaining connection slots",
        "could not extend file",
    ];
    STARTS.iter().any(|start| message.starts_with(start))
}
