//! Business rules of imports.

use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::{
    store,
    types::{FilesParams, Import, Progress, Received, Tally, WithFiles},
};
use crate::{
    activities::originals::Storage,
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    state::WorkerState,
};

const DEFAULT_FILES: i64 = 100;
const MAX_FILES: i64 = 1000;

/// Creates an import that can receive an upload. Errors: 409
/// `too_many_imports`, 507 `storage_full`.
pub async fn begin(
    state: &WorkerState,
    originals: &Storage,
    identity: Identity,
) -> ApiResult<Uuid> {
    originals.check_room().await?;
    let mut conn = state.pool.get().await?;
    let created = conn.transaction(async |conn| store::create(conn, identity).await).await?;
    if let Some(id) = created {
        return Ok(id);
    }
    identity.confirm(&conn).await?;
    let message = "five imports are not finished yet; wait for one of them, or cancel one";
    Err(ApiError::new(ErrorCode::TooManyImports, message))
}

/// Submits what was received: from now on it will be imported, even if the server restarts. If the
/// upload failed, or was already carried out with this key, the import is deleted. 404 if it was
/// cancelled meanwhile.
pub async fn end(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    key: Option<IdempotencyKey>,
    received: ApiResult<Received>,
) -> ApiResult<Progress> {
    let submitted = async {
        let received = received?;
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            if let Some(before) = idempotency::answered(conn, identity, key.as_ref()).await? {
                store::abandon(conn, id).await?;
                return Ok(before);
            }
            let import = store::submit(conn, identity, id, &received).await?;
            let import = import.ok_or_else(ApiError::invalid_access_token)?;
            let import = Progress::new(import, Tally::default());
            idempotency::record(conn, identity, key.as_ref(), &import).await?;
            Ok(import)
        })
        .await
    };
    match submitted.await {
        Ok(import) => Ok(import),
        Err(error) => {
            // If this fails, the import is purged soon.
            if let Ok(conn) = state.pool.get().await
                && let Ok(true) = store::abandon(&conn, id).await
            {
                let message = "this import was cancelled during its upload";
                return Err(ApiError::new(ErrorCode::NotFound, message));
            }
            Err(error)
        }
    }
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<Progress>> {
    let conn = state.pool.get().await?;
    let imports = store::list(&conn, identity).await?;
    if imports.is_empty() {
        identity.confirm(&conn).await?;
    }
    let mut list = Vec::with_capacity(imports.len());
    for import in imports {
        let counts = store::counts(&conn, import.id).await?;
        list.push(Progress::new(import, counts));
    }
    Ok(list)
}

pub async fn progress(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Progress> {
    let conn = state.pool.get().await?;
    let import: Import = identity.found(store::find(&conn, identity, id).await?, &conn).await?;
    let counts = store::counts(&conn, id).await?;
    Ok(Progress::new(import, counts))
}

pub async fn with_files(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    params: FilesParams,
) -> ApiResult<WithFiles> {
    let limit = match params.limit {
        Some(..0) => return Err(ApiError::invalid_parameter("limit", "must be at least 0")),
        limit => limit.unwrap_or(DEFAULT_FILES).min(MAX_FILES),
    };
    let progress = progress(state, identity, id).await?;
    let conn = state.pool.get().await?;
    let after = params.after.unwrap_or(-1);
    let mut files = store::files(&conn, id, params.outcome, after, limit + 1).await?;
    let limit = usize::try_from(limit).map_err(ApiError::internal)?;
    let has_more = files.len() > limit;
    files.truncate(limit);
    let next = files.last().filter(|_| has_more).map(|file| file.number);
    let ignored_files = store::ignored_files(&conn, id).await?;
    Ok(WithFiles { progress, files, ignored_files, next })
}

pub async fn cancel(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    identity.found(store::cancel(&conn, identity, id).await?, &conn).await?;
    Ok(())
}
