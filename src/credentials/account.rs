//! The account for which a session is opened.

use uuid::Uuid;

use super::EmailAddress;

/// A user at a `token_version`. A session opened with an outdated version is invalid.
#[derive(Clone, Debug)]
pub struct Account {
    pub user_id: Uuid,
    pub token_version: i32,
    /// `None` if the account was created through a provider and has no verified address.
    pub email: Option<EmailAddress>,
}

/// Converts the columns `(users.id, users.token_version, users.email)`.
impl From<(Uuid, i32, Option<String>)> for Account {
    fn from((user_id, token_version, email): (Uuid, i32, Option<String>)) -> Self {
        Self { user_id, token_version, email: email.map(EmailAddress::from_stored) }
    }
}
