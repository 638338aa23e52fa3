//! SQL statements for privacy zones.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    place::{Place, Places},
    types::OwnZone,
};
use crate::db::{
    lock_name,
    schema::{privacy_places, privacy_zones},
};

/// Maximum number of rows per statement.
const ROWS: usize = 1000;

/// Takes the advisory lock that keeps two requests from drawing two disks for one place.
pub async fn lock(conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    lock_name(conn, &format!("privacy zones {user_id}")).await
}

/// Returns all places and zones of a user.
pub async fn find(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Places> {
    let places = privacy_places::table
        .filter(privacy_places::user_id.eq(user_id))
        // A track may match several places. The order makes the choice stable.
        .order(privacy_places::id)
        .select(Place::as_select())
        .load(&mut conn)
        .await?;
    let own = privacy_zones::table
        .filter(privacy_zones::user_id.eq(user_id))
        .order(privacy_zones::number)
        .select(OwnZone::as_select())
        .load(&mut conn)
        .await?;
    Ok(Places { places, own })
}

/// Stores the changes since `before`. New places must come last.
pub async fn keep(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    before: &[Place],
    places: &[Place],
) -> QueryResult<()> {
    let (known, new) = places.split_at_checked(before.len()).unwrap_or((places, &[]));
    for place in before.iter().zip(known).filter(|(old, new)| old != new).map(|(_, new)| new) {
        let row = privacy_places::table
            .filter(privacy_places::user_id.eq(user_id))
            .filter(privacy_places::latitude.eq(place.latitude))
            .filter(privacy_places::longitude.eq(place.longitude))
            .filter(privacy_places::centre_latitude.eq(place.centre_latitude))
            .filter(privacy_places::centre_longitude.eq(place.centre_longitude));
        diesel::update(row)
            .set(privacy_places::is_automatic.eq(place.is_automatic))
            .execute(&mut conn)
            .await?;
    }
    for some in new.chunks(ROWS) {
        let rows: Vec<_> =
            some.iter().map(|place| (privacy_places::user_id.eq(user_id), *place)).collect();
        diesel::insert_into(privacy_places::table).values(rows).execute(&mut conn).await?;
    }
    Ok(())
}

/// Replaces the user-defined zones.
pub async fn replace_own(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    own: &[OwnZone],
) -> QueryResult<()> {
    let old = privacy_zones::table.filter(privacy_zones::user_id.eq(user_id));
    diesel::delete(old).execute(&mut conn).await?;
    let rows: Vec<_> = (0..)
        .zip(own)
        .map(|(number, zone): (i32, _)| {
            (privacy_zones::user_id.eq(user_id), privacy_zones::number.eq(number), *zone)
        })
        .collect();
    diesel::insert_into(privacy_zones::table).values(rows).execute(&mut conn).await.map(drop)
}
