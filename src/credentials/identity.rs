//! The claimed identity of a request, and how every statement checks it.
//!
//! Asking "is this token still good?" first would cost each request a round trip of its own.
//! Instead, whatever belongs to a user is found through [`live_user`], so that one statement
//! answers both questions, also when it writes: a token that a password reset has ended finds
//! nothing and changes nothing, and so does one of a session that was ended. Only when nothing was found does [`Identity::confirm`] ask why.

use diesel::{dsl::auto_type, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::schema::{sessions, users},
    error::{ApiError, ApiResult},
};

/// Whom a token was signed for, in which session, and the `token_version` it was signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub user_id: Uuid,
    pub token_version: i32,
    pub session_id: Uuid,
}

/// The user with the session, while both are those of the token.
#[auto_type]
pub fn live_session(identity: Identity) -> _ {
    let (user_id, token_version): (Uuid, i32) = (identity.user_id, identity.token_version);
    let session_id: Uuid = identity.session_id;
    users::table
        .inner_join(sessions::table)
        .filter(sessions::id.eq(session_id))
        .filter(users::id.eq(user_id))
        .filter(users::token_version.eq(token_version))
}

/// The id of the user, while the token is good: for other tables to be owned by.
#[auto_type]
pub fn live_user(identity: Identity) -> _ {
    let live: live_session = live_session(identity);
    live.select(users::id)
}

impl Identity {
    /// 401 when the token is no longer good. Asked only after a statement found nothing.
    pub async fn confirm(self, mut conn: &AsyncPgConnection) -> ApiResult<()> {
        let alive: Option<Uuid> = live_user(self).first(&mut conn).await.optional()?;
        alive.map(|_| ()).ok_or_else(ApiError::invalid_access_token)
    }

    /// `found`, or else 401 or 404, whichever is true.
    pub async fn found<T>(self, found: Option<T>, conn: &AsyncPgConnection) -> ApiResult<T> {
        match found {
            Some(found) => Ok(found),
            None => {
                self.confirm(conn).await?;
                Err(ApiError::not_found())
            }
        }
    }
}
