//! Safe retries: a request with an `Idempotency-Key` is carried out once, however often it comes.
//! Requests are the same when their bodies are equal as JSON values.
//!
//! The answer is recorded in the transaction that does the work, so there is never one without the
//! other. Of two that come at once the second waits on the first's row; replicas share the table.
//! See <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>.

pub mod store;
mod turns;

use diesel::OptionalExtension;
use diesel_async::AsyncPgConnection;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    credentials::{Digest, Identity},
    db::JsonText,
    error::{ApiError, ApiResult, ErrorCode},
};

pub use turns::Turns;

/// The key that a client chose, with a digest of the request it stands for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub key: String,
    /// What is recorded of the request.
    pub request: Digest,
    /// What may have been recorded of the same request, by one of the accepted keys of the server.
    pub accepted: Vec<Digest>,
}

/// What the request was answered when it was carried out, or `None` when the caller's transaction is
/// to do that and to [`record`] its answer: what fails is not recorded, and may be tried again.
///
/// 422 `idempotency_key_reused` when the key was used for another request.
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
            "this Idempotency-Key was sent before with another request; send that request again as it was, or \
             look at what is there, before you send this one",
        ));
    }
    let answer = answer.ok_or_else(|| ApiError::internal("a request without its answer"))?;
    serde_json::from_str(answer.as_str()).map(Some).map_err(ApiError::internal)
}

/// What the request was answered when it was carried out. For requests with a proof that is spent by the
/// first of them: asked before the proof is, and claims nothing.
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

/// Records the answer in the transaction that did the work.
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
