//! Cursors: positions in one user's list, with one filter and one order, that only
//! this server can write.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Filter, Sort, Value};
use crate::{
    credentials::{Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
};

const POSITION_BYTES: usize = 24;
/// 128 bits of an HMAC, which are too many to guess.
const TAG_BYTES: usize = 16;

/// The last item of a page; the next page starts after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    pub value: Value,
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

    /// Encodes the cursor as text that is valid for `filter` and `sort` only.
    pub fn seal(&self, cursor: Cursor, filter: &Filter, sort: Sort) -> ApiResult<String> {
        let mut bytes = cursor.value.to_bits().to_be_bytes().to_vec();
        bytes.extend_from_slice(cursor.id.as_bytes());
        let tag = self.tag(self.key, &bytes, filter, sort).map_err(ApiError::internal)?;
        bytes.extend_from_slice(&tag);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// 400 `invalid_cursor` unless this server sealed `text` for this user, filter and order.
    pub fn open(&self, text: &str, filter: &Filter, sort: Sort) -> ApiResult<Cursor> {
        self.read(text, filter, sort).ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidCursor,
                "the cursor does not belong to this list; start again without it",
            )
        })
    }

    fn read(&self, text: &str, filter: &Filter, sort: Sort) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (position, tag) = bytes.split_at_checked(POSITION_BYTES)?;
        // The comparison need not take constant time: a forger would gain only a
        // position in their own list.
        let is_ours = |key| self.tag(key, position, filter, sort).is_ok_and(|ours| ours == tag);
        if !self.key.accepted().any(is_ours) {
            return None;
        }
        let (bits, id) = position.split_at_checked(8)?;
        Some(Cursor {
            value: sort.value_of_bits(i64::from_be_bytes(bits.try_into().ok()?))?,
            id: Uuid::from_slice(id).ok()?,
        })
    }

    fn tag(
        &self,
        key: &ServerKey,
        position: &[u8],
        filter: &Filter,
        sort: Sort,
    ) -> postcard::Result<Vec<u8>> {
        let data = postcard::to_allocvec(&(self.user_id, filter, sort, position))?;
        let tag = key.tag(Purpose::ActivityCursor, "tag", &data);
        Ok(tag.iter().copied().take(TAG_BYTES).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::{super::sort::SortBy, *};

    const NEWEST: Sort = Sort { by: SortBy::StartedAt, is_descending: true };

    fn key() -> ServerKey {
        ServerKey::new(&"k".repeat(40).into())
    }

    fn cursor() -> impl Strategy<Value = Cursor> {
        (-62_135_596_800_000_000_i64..253_402_300_800_000_000, any::<u128>()).prop_map(
            |(micros, id)| Cursor {
                value: Value::Time(DateTime::from_timestamp_micros(micros).unwrap()),
                id: Uuid::from_u128(id),
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(cursor in cursor(), user in any::<u128>()) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::from_u128(user));
            let sealed = keys.seal(cursor, &Filter::default(), NEWEST).unwrap();
            prop_assert_eq!(keys.open(&sealed, &Filter::default(), NEWEST).unwrap(), cursor);
        }

        #[test]
        fn any_changed_byte_is_noticed(cursor in cursor(), at in 0_usize..40, flip in 1_u8..) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::nil());
            let mut bytes = URL_SAFE_NO_PAD.decode(keys.seal(cursor, &Filter::default(), NEWEST).unwrap()).unwrap();
            bytes[at] ^= flip;
            prop_assert!(keys.open(&URL_SAFE_NO_PAD.encode(bytes), &Filter::default(), NEWEST).is_err());
        }

        #[test]
        fn anything_else_is_refused(text in "\\PC{0,80}") {
            let key = key();
            prop_assert!(CursorKey::new(&key, Uuid::nil()).open(&text, &Filter::default(), NEWEST).is_err());
        }

        #[test]
        fn it_is_good_for_one_user_one_filter_and_one_order(cursor in cursor(), user in 1_u128..) {
            let key = key();
            let keys = CursorKey::new(&key, Uuid::nil());
            let sealed = keys.seal(cursor, &Filter::default(), NEWEST).unwrap();
            let runs = Filter { types: vec!["run".into()], ..Filter::default() };
            prop_assert!(keys.open(&sealed, &runs, NEWEST).is_err());
            let oldest = Sort { is_descending: false, ..NEWEST };
            prop_assert!(keys.open(&sealed, &Filter::default(), oldest).is_err());
            prop_assert!(CursorKey::new(&key, Uuid::from_u128(user)).open(&sealed, &Filter::default(), NEWEST).is_err());
        }
    }
}
