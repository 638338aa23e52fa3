//! An account that is about to be logged in to.

use uuid::Uuid;

use super::EmailAddress;

/// Who, at which `token_version`. A session opened for it is worth nothing once the version was raised.
#[derive(Clone, Debug)]
pub struct Account {
    pub user_id: Uuid,
    pub token_version: i32,
    /// Absent on an account that was made through a provider and has proven no address yet.
    pub email: Option<EmailAddress>,
}

/// As `(users.id, users.token_version, users.email)` are stored.
impl From<(Uuid, i32, Option<String>)> for Account {
    fn from((user_id, token_version, email): (Uuid, i32, Option<String>)) -> Self {
        Self { user_id, token_version, email: email.map(EmailAddress::from_stored) }
    }
}
