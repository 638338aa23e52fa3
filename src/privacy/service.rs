//! The rules of privacy zones.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    outside::End,
    place::{Place, Places},
    store,
    types::{OwnZone, PrivacyZones},
    zone::Zone,
};
use crate::{
    credentials::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// The most places that an export can bring.
const MAX_PLACES: usize = 10_000;

/// What is left out of the user's tracks.
pub async fn zones(conn: &AsyncPgConnection, user_id: Uuid) -> ApiResult<Vec<Zone>> {
    Ok(store::find(conn, user_id).await?.zones())
}

/// Makes a zone for each of `ends` that has none, for good; then all that is left out.
pub async fn cover(state: &WorkerState, user_id: Uuid, ends: &[End]) -> ApiResult<Vec<Zone>> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::lock(conn, user_id).await?;
        let mut places = store::find(conn, user_id).await?;
        let before = places.places.clone();
        places.cover(ends, &mut rand::random);
        store::keep(conn, user_id, &before, &places.places).await?;
        Ok(places.zones())
    })
    .await
}

/// The zones that the account asked for.
pub async fn own(state: &WorkerState, identity: Identity) -> ApiResult<Vec<OwnZone>> {
    let conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    Ok(store::find(&conn, identity.user_id).await?.own)
}

/// Replaces the zones that the account asked for.
pub async fn replace_own(
    state: &WorkerState,
    identity: Identity,
    own: Vec<OwnZone>,
) -> ApiResult<Vec<OwnZone>> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::lock(conn, identity.user_id).await?;
        identity.confirm(conn).await?;
        let mut places = store::find(conn, identity.user_id).await?;
        let before = places.places.clone();
        places.replace_own(&own, &mut rand::random);
        store::keep(conn, identity.user_id, &before, &places.places).await?;
        store::replace_own(conn, identity.user_id, &own).await?;
        Ok(own)
    })
    .await
}

/// Whether an account can have these, which come from another server.
pub fn check(places: &[Place], own: &[OwnZone]) -> bool {
    let is_own = PrivacyZones { zones: own.to_vec() }.parse().is_ok();
    is_own && places.len() <= MAX_PLACES && places.iter().all(Place::is_sound)
}

/// Gives them, checked, to an account that has none.
pub async fn restore(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    places: &[Place],
    own: &[OwnZone],
) -> ApiResult<()> {
    let mut all = Places { places: places.to_vec(), own: Vec::new() };
    all.replace_own(own, &mut rand::random);
    store::keep(conn, user_id, &[], &all.places).await?;
    Ok(store::replace_own(conn, user_id, own).await?)
}
