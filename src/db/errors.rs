//! Converts errors of statements to API errors.

use diesel::result::{DatabaseErrorKind, Error};

use super::wire::sqlstate;
use crate::error::{ApiError, ErrorCode};

impl From<Error> for ApiError {
    /// Broken connections and timeouts become 503, a time zone unknown to PostgreSQL 400, and
    /// anything else 500.
    fn from(error: Error) -> Self {
        match meaning(&error) {
            Meaning::Unavailable => ApiError::database_unavailable(error),
            // The connection is still usable; only the statement had to wait.
            Meaning::Busy => ApiError {
                cause: Some(error.into()),
                ..ApiError::new(ErrorCode::Busy, "the database is too busy; try again")
            },
            Meaning::UnknownZone => {
                ApiError::invalid_parameter("tz", "is not a time zone that the database knows")
            }
            Meaning::Fault => ApiError::internal(error),
        }
    }
}

/// Whether the statement failed because PostgreSQL does not know the time zone's name.
pub fn is_unknown_zone(error: &Error) -> bool {
    meaning(error) == Meaning::UnknownZone
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Unavailable,
    Busy,
    UnknownZone,
    Fault,
}

fn meaning(error: &Error) -> Meaning {
    match error {
        Error::BrokenTransactionManager => Meaning::Unavailable,
        Error::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                Meaning::Unavailable
            }
            _ => sqlstate(&**information).map_or(Meaning::Fault, meaning_of_code),
        },
        Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
            let meanings = [meaning(rollback_error), meaning(commit_error)];
            let is_unavailable = meanings.contains(&Meaning::Unavailable);
            if is_unavailable { Meaning::Unavailable } else { Meaning::Fault }
        }
        _ => Meaning::Fault,
    }
}

/// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn meaning_of_code(code: &str) -> Meaning {
    match code {
        // A statement timeout, a lock timeout, or a deadlock that PostgreSQL ended.
        "57014" | "55P03" | "40P01" => Meaning::Busy,
        // The only parameter value of our statements that PostgreSQL may not know is a time zone.
        "22023" => Meaning::UnknownZone,
        // A serialization failure, a standby, and transactions that PostgreSQL ended by closing the
        // connection.
        "40001" | "25006" | "25P03" | "25P04" => Meaning::Unavailable,
        // Connection errors (including all refusals by a pooler), resources, the operator, the
        // system.
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            Meaning::Unavailable
        }
        _ => Meaning::Fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(message: &str) -> ErrorCode {
        let message = Box::new(message.to_owned());
        ApiError::from(Error::DatabaseError(DatabaseErrorKind::Unknown, message)).code
    }

    #[test]
    fn codes_are_what_counts() {
        for (message, code) in [
            ("22023: Zeitzone »US/Pacific-New« nicht erkannt", ErrorCode::InvalidParameter),
            ("57014: storniere Anfrage wegen Zeitüberschreitung", ErrorCode::Busy),
            ("55P03: canceling statement due to lock timeout", ErrorCode::Busy),
            ("40P01: Verklemmung (Deadlock) entdeckt", ErrorCode::Busy),
            ("57P01: breche Verbindung ab", ErrorCode::DatabaseUnavailable),
            ("57P03: das Datenbanksystem startet", ErrorCode::DatabaseUnavailable),
            ("53100: could not extend file", ErrorCode::DatabaseUnavailable),
            ("58030: could not read file", ErrorCode::DatabaseUnavailable),
            ("08P01: server conn crashed?", ErrorCode::DatabaseUnavailable),
            ("42P01: Relation »users« existiert nicht", ErrorCode::Internal),
            ("terminating connection due to administrator command", ErrorCode::Internal),
        ] {
            assert_eq!(failed(message), code, "{message}");
        }
    }
}
