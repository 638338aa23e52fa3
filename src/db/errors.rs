//! What a failed statement means to a client.

use diesel::result::{DatabaseErrorKind, Error};

use crate::error::{ApiError, ErrorCode};

impl From<Error> for ApiError {
    /// Broken connections and time-outs are 503, a time zone that PostgreSQL does not know is 400; anything else is a fault of ours.
    fn from(error: Error) -> Self {
        if is_unavailability(&error) {
            ApiError::database_unavailable(error)
        } else if is_cancelled(&error) {
            // The connection is as good as before: what waited was the statement.
            ApiError {
                cause: Some(error.into()),
                ..ApiError::new(ErrorCode::Busy, "the database is too busy; try again")
            }
        } else if is_unknown_zone(&error) {
            ApiError::invalid_parameter("tz", "is no time zone that the database knows")
        } else {
            ApiError::internal(error)
        }
    }
}

/// Whether PostgreSQL knows no time zone of the name that it was to compute with (SQLSTATE 22023).
pub fn is_unknown_zone(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, information)
        if information.message().starts_with("time zone ") && information.message().ends_with(" not recognized"))
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

/// A statement or lock time-out, or a deadlock that PostgreSQL ended (SQLSTATE 57014, 55P03, 40P01).
fn is_cancelled(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, information)
        if ["canceling statement due to", "deadlock detected"]
            .iter()
            .any(|start| information.message().starts_with(start)))
}

/// SQLSTATE classes 53, 57P and 58, and what pgbouncer says in PostgreSQL's place: diesel keeps only the messages.
/// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn says_unavailable(message: &str) -> bool {
    const STARTS: [&str; 11] = [
        "terminating connection",
        "the database system is",
        "sorry, too many clients",
        "remaining connection slots",
        "could not extend file",
        "server conn crashed",
        "server login has been failing",
        "query_wait_timeout",
        "no more connections allowed",
        "pooler is shutting down",
        "server shutting down",
    ];
    STARTS.iter().any(|start| message.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_the_database_does_not_know_is_the_clients_fault() {
        let message = "time zone \"US/Pacific-New\" not recognized".to_owned();
        let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message));
        assert_eq!(ApiError::from(error).code, ErrorCode::InvalidParameter);
    }
}
