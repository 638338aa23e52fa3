//! The rules of shares.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    store::{self, NewRow, Row},
    token::ShareToken,
    types::{CreatedShare, NewShare, Share, SharedParams, Shown},
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    idempotency::{self, IdempotencyKey},
    pictures::{self, Theme},
    state::{Shared, WorkerState},
};

/// Makes a share. 422 without such an activity; 409 `too_many_shares`.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    new: NewShare,
) -> ApiResult<CreatedShare> {
    let shared: &Shared = state;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(details) = idempotency::answered::<Share>(conn, identity, key.as_ref()).await? {
            let digest = store::digest(conn, details.id).await?;
            let token = ShareToken::with(&shared.server_key, details.id, digest.as_deref());
            return Ok(created(shared, details, &token));
        }
        let id = Uuid::new_v4();
        let token = ShareToken::of(&shared.server_key, id);
        let details = keep(conn, identity, (id, &token), new).await?;
        idempotency::record(conn, identity, key.as_ref(), &details).await?;
        Ok(created(shared, details, &token))
    })
    .await
}

async fn keep(
    conn: &AsyncPgConnection,
    identity: Identity,
    (id, token): (Uuid, &ShareToken),
    new: NewShare,
) -> ApiResult<Share> {
    let activity_id = new.shown.activity_id;
    let row = NewRow {
        id,
        digest: token.digest(),
        activity_id,
        picture: serde_json::to_value(&new.shown).map_err(ApiError::internal)?,
        expires_at: new.expires_at,
    };
    if let Some(row) = store::insert(conn, identity, row).await? {
        return share(row);
    }
    identity.confirm(conn).await?;
    if let Some(id) = activity_id
        && !store::has_activity(conn, identity, id).await?
    {
        let field = FieldError::new("activity_id", "invalid_value", "is no activity of yours");
        return Err(ApiError::validation(vec![field]));
    }
    let message = "this account has too many shares; delete some";
    Err(ApiError::new(ErrorCode::TooManyShares, message))
}

fn created(shared: &Shared, details: Share, token: &ShareToken) -> CreatedShare {
    let url = format!("{}/shared/{}", shared.base_url, token.expose());
    CreatedShare { details, svg_url: format!("{url}.svg"), png_url: format!("{url}.png") }
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<Share>> {
    let conn = state.pool.get().await?;
    let rows = store::list(&conn, identity).await?;
    if rows.is_empty() {
        identity.confirm(&conn).await?;
    }
    rows.into_iter().map(share).collect()
}

pub async fn delete(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    identity.found(store::delete(&conn, identity, id).await?, &conn).await.map(drop)
}

/// The picture that a link leads to, and its theme. 404 for a link that never was, that was revoked, that has
/// expired, or whose owner is locked, all alike.
pub async fn show(
    state: &WorkerState,
    token: &ShareToken,
    params: SharedParams,
    width: Option<u32>,
) -> ApiResult<(Vec<u8>, Theme)> {
    let digest = token.digest();
    let find = async |conn: &_| Ok(store::find(conn, &digest).await?);
    let found = state.point_reads.run(find).await?;
    let (user_id, picture) = found.ok_or_else(ApiError::not_found)?;
    let shown = Shown::from_json(picture)?;
    let look = shown.look(params);
    let content = pictures::paint(state, user_id, shown.picture()?, look, width).await?;
    Ok((content, look.theme))
}

fn share((id, picture, created_at, expires_at): Row) -> ApiResult<Share> {
    Ok(Share { id, shown: Shown::from_json(picture)?, created_at, expires_at })
}
