//! The rules of an account's own data.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Map, Value};

use super::{
    merge_patch::merge,
    store,
    types::{Me, ProfileChanges},
};
use crate::{
    credentials::{Identity, Purpose},
    db::is_unknown_zone,
    error::{ApiError, ApiResult, FieldError},
    http::IfMatch,
    state::{AppState, WorkerState},
    throttle::{self, Limit},
    time_zone::TimeZone,
    validation::check_json,
};

pub const MAX_PREFERENCES_BYTES: usize = 16 * 1024;

/// Changes of the time zone of a large log. Each change recomputes the statistics of the whole log.
const RECOUNTS: Limit = Limit { times: 10, minutes: 24 * 60 };

/// Logs of up to this many activities are not limited: recomputing takes a few milliseconds.
const SMALL_LOG: i64 = 1000;

pub async fn get_me(state: &WorkerState, identity: Identity) -> ApiResult<Me> {
    let me = state.point_reads.run(async |conn| Ok(store::find(conn, identity).await?)).await?;
    // Every user has a profile, so finding nothing means that the token is no longer valid.
    me.ok_or_else(ApiError::invalid_access_token)
}

/// Applies changes to the profile. 412 if `If-Match` does not match, 429 `rate_limited` if the time
/// zone of a large log changes too often.
pub async fn update_profile(
    state: &WorkerState,
    identity: Identity,
    expected: &IfMatch,
    changes: ProfileChanges,
) -> ApiResult<Me> {
    let shared: &AppState = state;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::lock_preferences(conn, identity).await?;
        let me = expect(conn, identity, expected).await?;
        let recounts = changes.time_zone.is_some_and(|zone| zone.name() != me.time_zone());
        if recounts && store::has_more_activities(conn, identity, SMALL_LOG).await? {
            let user_id = identity.user_id;
            let key = shared.server_key.tag(Purpose::Throttle, "time_zone", user_id.as_bytes());
            throttle::take(conn, key, RECOUNTS).await?;
        }
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

/// The account, or 412 if it does not match `expected`. The caller has locked the profile.
async fn expect(conn: &AsyncPgConnection, identity: Identity, expected: &IfMatch) -> ApiResult<Me> {
    let me = store::find(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)?;
    expected.check(&me)?;
    Ok(me)
}

/// Applies a merge patch (RFC 7396) and returns the merged preferences.
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
