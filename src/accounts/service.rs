//! The rules of an account's own data.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Map, Value};

use super::{
    TimeZone,
    merge_patch::merge,
    store,
    types::{Me, ProfileChanges},
};
use crate::{
    auth::Identity,
    db::is_unknown_zone,
    error::{ApiError, ApiResult, FieldError},
    http::{IfMatch, check_json},
    state::WorkerState,
};

pub const MAX_PREFERENCES_BYTES: usize = 16 * 1024;

pub async fn get_me(state: &WorkerState, identity: Identity) -> ApiResult<Me> {
    let me = state.point_reads.run(async |conn| Ok(store::find(conn, identity).await?)).await?;
    // A user without a profile does not exist: nothing found means that the token ended.
    me.ok_or_else(ApiError::invalid_access_token)
}

pub async fn update_profile(
    state: &WorkerState,
    identity: Identity,
    expected: &IfMatch,
    changes: ProfileChanges,
) -> ApiResult<Me> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::lock_preferences(conn, identity).await?;
        expect(conn, identity, expected).await?;
        store::update_profile(conn, identity, changes).await.map_err(|error| {
            if is_unknown_zone(&error) {
                let message = TimeZone::EXPECTED.to_owned();
                return ApiError::validation(vec![FieldError::new(
                    "time_zone",
                    "invalid_value",
                    message,
                )]);
            }
            error.into()
        })?;
        store::find(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)
    })
    .await
}

/// 412 unless the account is what the change is meant for. Its profile is locked.
async fn expect(conn: &AsyncPgConnection, identity: Identity, expected: &IfMatch) -> ApiResult<()> {
    let me = store::find(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)?;
    expected.check(&me)
}

/// Applies a merge patch (RFC 7396) and returns the whole.
pub async fn patch_preferences(
    state: &WorkerState,
    identity: Identity,
    expected: &IfMatch,
    patch: Map<String, Value>,
) -> ApiResult<Value> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let current = store::lock_preferences(conn, identity).await?;
        let Some(Value::Object(mut preferences)) = current else {
            return Err(ApiError::invalid_access_token());
        };
        expect(conn, identity, expected).await?;
        merge(&mut preferences, patch);
        let preferences = Value::Object(preferences);
        check_json(&preferences.to_string(), MAX_PREFERENCES_BYTES).map_err(
            |(code, message)| {
                ApiError::validation(vec![FieldError::new("preferences", code, message)])
            },
        )?;
        store::set_preferences(conn, identity, &preferences).await?;
        Ok(preferences)
    })
    .await
}
