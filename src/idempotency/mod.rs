//! Safe retries: a request with an `Idempotency-Key` is carried out once, however often it is sent.
//! Two requests are the same if their bodies are equal as JSON values.
//!
//! The response is recorded in the transaction that does the work, so that neither exists without
//! the other. Of two concurrent requests, the second waits for the first one's row lock. Replicas
//! share the table. See
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.

mod key_locks;
pub mod store;

use diesel::OptionalExtension;
use diesel_async::AsyncPgConnection;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    credentials::{Digest, Identity},
    db::JsonText,
    error::{ApiError, ApiResult, ErrorCode},
};

pub use key_locks::KeyLocks;

/// The key that a client chose, with a digest of the request.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub key: String,
    /// The digest to record.
    pub request: Digest,
    /// The digests that may have been recorded for the same request, with all accepted server keys.
    pub accepted: Vec<Digest>,
}

/// The recorded response, if the request has been carried out. Otherwise `None`: the caller must do
/// the work in the same transaction and [`record`] the response. Failures are not recorded, so that
/// they can be retried.
///
/// 422 `idempotency_key_reused` if the key was used for another request.
pub async fn answered<T: DeserializeOwned>(
    conn: &AsyncPgConnection,
    identity: Identity,
    key: Option<&IdempotencyKey>,
) -> ApiResult<Option<T>> {
    let Some(IdempotencyKey { key, request, accepted }) = key else { return Ok(None) };
    if store::begin(conn, identity, key, request).await? {
        return Ok(None);
    }
    identity.confirm(conn).await?;
    let (of_request, answer) = store::find(conn, identity.user_id, key).await?;
    if !accepted.contains(&of_request) {
        return Err(ApiError::new(
            ErrorCode::IdempotencyKeyReused,
            "this Idempotency-Key was already used for a different request; repeat that request \
             unchanged, or check its result, before you send this one",
        ));
    }
    let answer = answer.ok_or_else(|| ApiError::internal("the stored request has no response"))?;
    serde_json::from_str(answer.as_str()).map(Some).map_err(ApiError::internal)
}

/// The recorded response, if the request has been carried out. Does not claim the key. Call this
/// before checking a proof that the first request has used up.
pub async fn replayed<T: DeserializeOwned>(
    conn: &AsyncPgConnection,
    identity: Identity,
    key: Option<&IdempotencyKey>,
) -> ApiResult<Option<T>> {
    let Some(IdempotencyKey { key, accepted, .. }) = key else { return Ok(None) };
    identity.confirm(conn).await?;
    match store::find(conn, identity.user_id, key).await.optional()? {
        Some((of_request, Some(answer))) if accepted.contains(&of_request) => {
            serde_json::from_str(answer.as_str()).map(Some).map_err(ApiError::internal)
        }
        _ => Ok(None),
    }
}

/// Records the response in the transaction that did the work.
pub async fn record(
    conn: &AsyncPgConnection,
    identity: Identity,
    key: Option<&IdempotencyKey>,
    answer: &impl Serialize,
) -> ApiResult<()> {
    let Some(IdempotencyKey { key, .. }) = key else { return Ok(()) };
    let answer = JsonText::of(answer).map_err(ApiError::internal)?;
    store::finish(conn, identity.user_id, key, &answer).await?;
    Ok(())
}
