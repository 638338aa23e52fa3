//! Sessions as their owner sees them, and what the endpoints take.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::schema::sessions,
    error::ApiResult,
    http::{Patch, Validator},
};

/// A device that is logged in.
#[derive(QueryableByName, Serialize)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: Uuid,
    device: String,
    method: String,
    created_at: DateTime<Utc>,
    /// Its login or its last refresh, whichever is later.
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// A session with whether it is the one that asks.
#[derive(Serialize)]
pub struct ListedSession {
    #[serde(flatten)]
    pub session: Session,
    pub current: bool,
}

/// `POST /auth/refresh`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct RefreshBody {
    refresh_token: Patch<String>,
}

impl RefreshBody {
    pub fn parse(self) -> ApiResult<String> {
        let mut v = Validator::default();
        let token = v.required("refresh_token", self.refresh_token, Ok);
        v.finish_with(token)
    }
}
