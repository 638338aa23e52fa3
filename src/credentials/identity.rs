//! The identity that a token claims, and how SQL statements check it.
//!
//! A separate query for "is this token still valid?" would cost each request a round trip. Instead,
//! statements find a user's rows through [`live_user`], so that one statement answers both
//! questions. This also holds for writes: with the token of an ended session, or of a user whose
//! sessions were all ended, a statement finds nothing and changes nothing. Only if nothing was
//! found does [`Identity::confirm`] ask why.

use diesel::{dsl::auto_type, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::schema::{sessions, users},
    error::{ApiError, ApiResult},
};

/// The user and session for which a token was signed, and the `token_version` at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub user_id: Uuid,
    pub token_version: i32,
    pub session_id: Uuid,
}

/// The user joined with the session, if both still match the token.
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

/// The id of the user if the token is still valid, for filters on other tables' owner column.
#[auto_type]
pub fn live_user(identity: Identity) -> _ {
    let live: live_session = live_session(identity);
    live.select(users::id)
}

impl Identity {
    /// 401 if the token is no longer valid. Call this only after a statement found nothing.
    pub async fn confirm(self, mut conn: &AsyncPgConnection) -> ApiResult<()> {
        let alive: Option<Uuid> = live_user(self).first(&mut conn).await.optional()?;
        alive.map(|_| ()).ok_or_else(ApiError::invalid_access_token)
    }

    /// `found`, or 401 if the token is no longer valid, else 404.
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
