//! Sessions as their owner sees them, and request bodies.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::RefreshTokenIn,
    credentials::LoginMethod,
    db::schema::sessions,
    error::ApiResult,
    validation::{Patch, Validator},
};

/// A session of a device.
#[derive(QueryableByName, Serialize, ToSchema)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: Uuid,
    device: String,
    #[schema(value_type = LoginMethod)]
    method: String,
    created_at: DateTime<Utc>,
    /// The time of the login or of the last refresh.
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// A session, and whether it is the current one.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionItem)]
pub struct ListedSession {
    #[serde(flatten)]
    pub session: Session,
    pub current: bool,
}

/// Response body of `GET /me/sessions`.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    pub sessions: Vec<ListedSession>,
}

/// Request body of `POST /auth/refresh`.
#[derive(Deserialize, ToSchema)]
#[schema(as = RefreshToken)]
pub struct RefreshBody {
    /// Required without `cookie`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh_token: Patch<String>,
    /// For pages of this server: set the new refresh token as a cookie instead of returning it.
    /// Without `refresh_token`, the token in that cookie is used.
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    cookie: Patch<bool>,
}

impl RefreshBody {
    /// The token, `None` if it is in the cookie, and where the client wants the new one.
    pub fn parse(self) -> ApiResult<(Option<String>, RefreshTokenIn)> {
        let mut v = Validator::default();
        let token_in = RefreshTokenIn::parse(&mut v, self.cookie);
        let token = match token_in {
            RefreshTokenIn::Cookie => {
                v.nullable("refresh_token", self.refresh_token, Ok).into_option()
            }
            RefreshTokenIn::Body => v.required("refresh_token", self.refresh_token, Ok),
        };
        v.finish()?;
        Ok((token, token_in))
    }
}
