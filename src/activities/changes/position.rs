//! The position of a copy in the feed, as text that only this server can write.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    credentials::{Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
};

const POSITION_BYTES: usize = 24;

/// The last change that was read, and when the copy was last up to date. Tombstones are kept for
/// [`RETENTION_DAYS`](super::store::RETENTION_DAYS) after that. A new copy, which is empty, counts
/// as up to date when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub revision: i64,
    pub level_at: DateTime<Utc>,
    /// The history of the database that the position belongs to. A restored
    /// database has another one.
    pub history: i64,
}

impl Position {
    /// Encodes the position as text that is valid for one user.
    pub fn seal(self, key: &ServerKey, user_id: Uuid) -> String {
        let mut bytes = self.revision.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.level_at.timestamp_micros().to_be_bytes());
        bytes.extend_from_slice(&self.history.to_be_bytes());
        let tag = tag(key, user_id, &bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// 400 `invalid_cursor` unless this server sealed `text` for this user.
    pub fn open(text: &str, key: &ServerKey, user_id: Uuid) -> ApiResult<Self> {
        Self::read(text, key, user_id).ok_or_else(|| {
            let message = "`since` is not a position in this log; start again without it";
            ApiError::new(ErrorCode::InvalidCursor, message)
        })
    }

    fn read(text: &str, key: &ServerKey, user_id: Uuid) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (position, theirs) = bytes.split_at_checked(POSITION_BYTES)?;
        // The comparison need not take constant time: a forger would gain only a
        // position in their own log.
        if !key.accepted().any(|key| theirs == tag(key, user_id, position)) {
            return None;
        }
        let mut numbers = position
            .chunks_exact(8)
            .filter_map(|bytes| bytes.try_into().map(i64::from_be_bytes).ok());
        Some(Self {
            revision: numbers.next()?,
            level_at: DateTime::from_timestamp_micros(numbers.next()?)?,
            history: numbers.next()?,
        })
    }
}

/// 128 bits are too many to guess.
fn tag(key: &ServerKey, user_id: Uuid, position: &[u8]) -> Vec<u8> {
    let data = [user_id.as_bytes(), position].concat();
    key.tag(Purpose::ChangesPosition, "tag", &data).iter().copied().take(16).collect()
}
