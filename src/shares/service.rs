//! Business logic of shares.

use bytes::Bytes;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    feed::Feed,
    shown::{SharedParams, Shown},
    store::{self, NewRow, Row},
    token::ShareToken,
    types::{CreatedShare, NewShare, Share},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        reauth::{self, Proof},
    },
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    fair_use::{Client, Request},
    idempotency::{self, IdempotencyKey},
    pictures::{self, Studio, Theme, Uncovered},
    privacy,
    state::{AppState, WorkerState},
};

/// Creates a share. Fails with 422 if the activity does not exist, with 409 `too_many_shares` at
/// the limit, and with the errors of [`reauth::require`] if the share shows a whole track.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    (new, proof): (NewShare, Proof),
    device: &Device,
) -> ApiResult<CreatedShare> {
    let shared: &AppState = state;
    let _lock = state.key_locks.take(identity, key.as_ref()).await;
    if let Some(made) = made_before(state, identity, key.as_ref()).await? {
        return Ok(made);
    }
    if new.shown.shows_everything() {
        let refused = EventKind::ShareRefused;
        let proven = reauth::require_or_record(state, identity, proof, refused, device).await;
        if let Err(error) = proven {
            // Another server may have carried out the same request and used up its code.
            return made_before(state, identity, key.as_ref()).await?.ok_or(error);
        }
    }
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(details) = idempotency::answered(conn, identity, key.as_ref()).await? {
            return again(shared, conn, details).await;
        }
        let id = Uuid::new_v4();
        let token = ShareToken::of(&shared.server_key, id);
        let event = Event::of(EventKind::ShareCreated, identity.user_id).by(new.shown.name());
        let details = keep(conn, identity, (id, &token), new).await?;
        audit::record(conn, &event.from(device)).await?;
        idempotency::record(conn, identity, key.as_ref(), &details).await?;
        Ok(created(shared, details, &token))
    })
    .await
}

/// Returns the share that an earlier attempt of this request created. A retry needs no new proof.
async fn made_before(
    state: &WorkerState,
    identity: Identity,
    key: Option<&IdempotencyKey>,
) -> ApiResult<Option<CreatedShare>> {
    if key.is_none() {
        return Ok(None);
    }
    let conn = state.pool.get().await?;
    match idempotency::replayed(&conn, identity, key).await? {
        Some(details) => again(state, &conn, details).await.map(Some),
        None => Ok(None),
    }
}

/// Returns the links again to a client that lost the answer.
async fn again(
    shared: &AppState,
    conn: &AsyncPgConnection,
    details: Share,
) -> ApiResult<CreatedShare> {
    let digest = store::digest(conn, details.id).await?;
    let token = ShareToken::with(&shared.server_key, details.id, digest.as_deref());
    Ok(created(shared, details, &token))
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
        let field =
            FieldError::new("activity_id", "invalid_value", "is not one of your activities");
        return Err(ApiError::validation(vec![field]));
    }
    let message = format!("an account has at most {} shares; delete some", store::MAX_SHARES);
    Err(ApiError::new(ErrorCode::TooManyShares, message))
}

fn created(shared: &AppState, details: Share, token: &ShareToken) -> CreatedShare {
    let url = page_url(shared, token);
    let dated = |extension| details.shown.has_dates().then(|| format!("{url}.{extension}"));
    CreatedShare {
        svg_url: format!("{url}.svg"),
        png_url: format!("{url}.png"),
        calendar_url: dated("ics"),
        feed_url: dated("atom"),
        page_url: url,
        details,
    }
}

fn page_url(shared: &AppState, token: &ShareToken) -> String {
    format!("{}/shared/{}", shared.base_url, token.expose())
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<Share>> {
    let conn = state.pool.get().await?;
    let rows = store::list(&conn, identity).await?;
    if rows.is_empty() {
        identity.confirm(&conn).await?;
    }
    rows.into_iter().map(share).collect()
}

pub async fn delete(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        identity.found(store::delete(conn, identity, id).await?, conn).await?;
        let event = Event::of(EventKind::ShareDeleted, identity.user_id).from(device);
        audit::record(conn, &event).await
    })
    .await
}

/// Returns the owner of a link and what it shows. Fails with the same 404 if the link never
/// existed, was revoked or has expired, and if its owner is locked.
async fn find(state: &WorkerState, token: &ShareToken) -> ApiResult<(Uuid, Shown)> {
    let digest = token.digest();
    let find = async |conn: &_| Ok(store::find(conn, &digest).await?);
    let found = state.point_reads.run(find).await?;
    let (user_id, picture) = found.ok_or_else(ApiError::not_found)?;
    // Views by strangers must not use up the owner's rate limit.
    Request::is_from(Client::ViewersOf(user_id));
    Ok((user_id, Shown::from_json(picture)?))
}

/// Returns a title for the page of a link, and whether it has a calendar and a feed.
pub async fn title(state: &WorkerState, token: &ShareToken) -> ApiResult<(&'static str, bool)> {
    find(state, token).await.map(|(_, shown)| (shown.title(), shown.has_dates()))
}

/// Returns the days behind a link. Fails as [`find`] does, and with 404 if the share hides them.
pub async fn feed(state: &WorkerState, token: &ShareToken) -> ApiResult<Feed> {
    let (user_id, shown) = find(state, token).await?;
    let marks = pictures::marks(state, user_id, shown.picture(None)?, shown.units).await?;
    let marks = marks.ok_or_else(|| {
        let message = "this share shows no date, so it has no calendar and no feed";
        ApiError::new(ErrorCode::NotFound, message)
    })?;
    Ok(Feed {
        title: shown.title(),
        product: state.product_name.clone(),
        url: page_url(state, token),
        digest: token.digest(),
        marks,
    })
}

/// Returns the picture behind a link, and its theme. Fails as [`find`] does.
pub async fn show(
    studio: &Studio,
    token: &ShareToken,
    params: SharedParams,
    width: Option<u32>,
) -> ApiResult<(Bytes, Theme)> {
    let state = &studio.state;
    let (user_id, shown) = find(state, token).await?;
    let appearance = shown.appearance(params);
    let mut zones = None;
    if shown.has_zones() {
        zones = Some(privacy::zones(&*state.pool.get().await?, user_id).await?);
    }
    let picture = shown.picture(zones)?;
    let painted = pictures::paint(studio, user_id, picture, appearance, width).await?;
    let Uncovered(ends) = match painted {
        Ok(content) => return Ok((content, appearance.theme)),
        Err(uncovered) => uncovered,
    };
    let zones = privacy::cover(state, user_id, &ends).await?;
    let picture = shown.picture(Some(zones))?;
    match pictures::paint(studio, user_id, picture, appearance, width).await? {
        Ok(content) => Ok((content, appearance.theme)),
        // The track has changed since the zones were computed.
        Err(_) => Err(ApiError::new(ErrorCode::Busy, "the activity is changing; try again")),
    }
}

fn share((id, picture, created_at, expires_at): Row) -> ApiResult<Share> {
    Ok(Share { id, shown: Shown::from_json(picture)?, created_at, expires_at })
}
