//! Cursors: a place in one user's list under one filter, which only this server can write.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::types::Filter;
use crate::{
    auth::{Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
};

const POSITION_BYTES: usize = 24;
/// 128 bits of an HMAC are as many as anybody will ever guess at.
const TAG_BYTES: usize = 16;

/// The last item of a page; the next one begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// In whole microseconds, as PostgreSQL keeps it.
    pub started_at: DateTime<Utc>,
    pub id: Uuid,
}

/// Seals and opens the cursors of one user.
pub struct CursorKey<'a> {
    key: &'a ServerKey,
    user_id: Uuid,
}

impl<'a> CursorKey<'a> {
    pub fn new(key: &'a ServerKey, user_id: Uuid) -> Self {
        Self { key, user_id }
    }

    /// The cursor as text, good for `filter` only.
    pub fn seal(&self, cursor: Cursor, filter: &Filter) -> String {
        let mut bytes = cursor.started_at.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend_from_slice(cursor.id.as_bytes());
        let tag = self.tag(self.key, &bytes, filter);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// 400 `invalid_cursor` unless this server sealed `text` for this user and this filter.
    pub fn open(&self, text: &str, filter: &Filter) -> ApiResult<Cursor> {
        self.read(text, filter).ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidCursor,
                "the cursor is not one of this list; start again without it",
            )
        })
    }

    fn read(&self, text: &str, filter: &Filter) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (position, tag) = bytes.split_at_checked(POSITION_BYTES)?;
        // The tag protects no secret: what a forger would gain is a place in a list of their own.
        if !self.key.accepted().any(|key| tag == self.tag(key, position, filter)) {
            return None;
        }
        let (micros, id) = position.split_at_checked(8)?;
        Some(Cursor {
            started_at: DateTime::from_timestamp_micros(i64::from_be_bytes(
                micros.try_into().ok()?,
            ))?,
            id: Uuid::from_slice(id).ok()?,
        })
    }

    fn tag(&self, key: &ServerKey, position: &[u8], filter: &Filter) -> Vec<u8> {
        let micros = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp_micros());
        let list = format!(
            "{}|{:?}|{:?}|{:?}|",
            self.user_id,
            filter.activity_type,
            micros(filter.from),
            micros(filter.to)
        );
        let mut data = list.into_bytes();
        data.extend_from_slice(position);
        let tag = key.tag(Purpose::ActivityCursor, "tag", &data);
        tag.iter().copied().take(TAG_BYTES).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> ServerKey {
        ServerKey::new(&"k".repeat(40).into())
    }

    fn cursor() -> impl Strategy<Value = Cursor> {
        (-62_135_596_800_000_000_i64..253_402_300_800_000_000, any::<u128>()).prop_map(
            |(micros, id)| Cursor {
                started_at: DateTime::from_timestamp_micros(micros).unwrap(),
                id: Uuid::from_u128(id),
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(cursor in cursor(), user in any::<u128>()) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::from_u128(user));
            let sealed = keys.seal(cursor, &Filter::default());
            prop_assert_eq!(keys.open(&sealed, &Filter::default()).unwrap(), cursor);
        }

        #[test]
        fn any_changed_byte_is_noticed(cursor in cursor(), at in 0_usize..40, flip in 1_u8..) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::nil());
            let mut bytes = URL_SAFE_NO_PAD.decode(keys.seal(cursor, &Filter::default())).unwrap();
            bytes[at] ^= flip;
            prop_assert!(keys.open(&URL_SAFE_NO_PAD.encode(bytes), &Filter::default()).is_err());
        }

        #[test]
        fn anything_else_is_refused(text in "\\PC{0,80}") {
            let key = key();
            prop_assert!(CursorKey::new(&key, Uuid::nil()).open(&text, &Filter::default()).is_err());
        }

        #[test]
        fn it_is_good_for_one_user_and_one_filter(cursor in cursor(), user in 1_u128..) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::nil());
            let sealed = keys.seal(cursor, &Filter::default());
            let runs = Filter { activity_type: Some("run".into()), ..Filter::default() };
            prop_assert!(keys.open(&sealed, &runs).is_err());
            prop_assert!(CursorKey::new(&key, Uuid::from_u128(user)).open(&sealed, &Filter::default()).is_err());
        }
    }
}
