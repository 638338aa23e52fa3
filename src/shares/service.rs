//! The rules of shares.

use uuid::Uuid;

use super::{
    store::{self, NewRow, Row},
    token::ShareToken,
    types::{CreatedShare, NewShare, Share, SharedParams, Shown},
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    pictures::{self, Theme},
    state::WorkerState,
};

/// Makes a share. 422 without such an activity; 409 `too_many_shares`.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    new: NewShare,
) -> ApiResult<CreatedShare> {
    let token = ShareToken::random();
    let activity_id = new.shown.activity_id;
    let row = NewRow {
        digest: token.digest(),
        activity_id,
        picture: serde_json::to_value(&new.shown).map_err(ApiError::internal)?,
        expires_at: new.expires_at,
    };
    let conn = state.pool.get().await?;
    let Some(row) = store::insert(&conn, identity, row).await? else {
        identity.confirm(&conn).await?;
        if let Some(id) = activity_id
            && !store::has_activity(&conn, identity, id).await?
        {
            let field = FieldError::new("activity_id", "invalid_value", "is no activity of yours");
            return Err(ApiError::validation(vec![field]));
        }
        let message = "this account has too many shares; delete some";
        return Err(ApiError::new(ErrorCode::TooManyShares, message));
    };
    let url = format!("{}/shared/{}", state.base_url, token.expose());
    Ok(CreatedShare {
        details: share(row)?,
        svg_url: format!("{url}.svg"),
        png_url: format!("{url}.png"),
    })
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
