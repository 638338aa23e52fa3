//! Business logic of privacy zones.

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

/// Maximum number of places in an account export.
const MAX_PLACES: usize = 10_000;

/// Returns the zones to hide in the user's tracks.
pub async fn zones(conn: &AsyncPgConnection, user_id: Uuid) -> ApiResult<Vec<Zone>> {
    Ok(store::find(conn, user_id).await?.zones())
}

/// Permanently adds a zone for each of `ends` that no zone covers. Returns all zones to hide.
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

/// Returns the user-defined zones.
pub async fn own(state: &WorkerState, identity: Identity) -> ApiResult<Vec<OwnZone>> {
    let conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    Ok(store::find(&conn, identity.user_id).await?.own)
}

/// Replaces the user-defined zones.
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

/// Returns whether the places and zones of an export from another server are valid.
pub fn check(places: &[Place], own: &[OwnZone]) -> bool {
    let is_own = PrivacyZones { zones: own.to_vec() }.parse().is_ok();
    is_own && places.len() <= MAX_PLACES && places.iter().all(Place::is_sound)
}

/// Adds the checked places and zones of an export to an account that has none.
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
