//! The activities that arrived through a connection, as they last were.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::schema::{activities, garmin_activities};

/// An activity as it last arrived.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable)]
#[diesel(table_name = garmin_activities)]
pub struct Seen {
    pub garmin_id: String,
    pub digest: Vec<u8>,
    pub title: Option<String>,
}

impl Seen {
    /// The same without a digest: the file could not be fetched, and has to be requested again.
    pub fn without_file(self) -> Self {
        Self { digest: Vec::new(), ..self }
    }

    pub fn lacks_file(&self) -> bool {
        self.digest.is_empty()
    }
}

/// Those of `ids` that arrived before, by id.
pub async fn seen(
    mut conn: &AsyncPgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> QueryResult<HashMap<String, Seen>> {
    let seen: Vec<Seen> = garmin_activities::table
        .filter(garmin_activities::connection_id.eq(connection_id))
        .filter(garmin_activities::garmin_id.eq_any(ids))
        .select((garmin_activities::garmin_id, garmin_activities::digest, garmin_activities::title))
        .load(&mut conn)
        .await?;
    Ok(seen.into_iter().map(|seen| (seen.garmin_id.clone(), seen)).collect())
}

/// Records that an activity arrived, and its state.
pub async fn remember(
    mut conn: &AsyncPgConnection,
    connection_id: Uuid,
    seen: &Seen,
) -> QueryResult<()> {
    let changes = (
        garmin_activities::digest.eq(seen.digest.clone()),
        garmin_activities::title.eq(seen.title.clone()),
    );
    diesel::insert_into(garmin_activities::table)
        .values((garmin_activities::connection_id.eq(connection_id), seen.clone()))
        .on_conflict((garmin_activities::connection_id, garmin_activities::garmin_id))
        .do_update()
        .set(changes)
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Gives an activity its title at Garmin, unless the owner has changed the title here.
pub async fn rename(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    before: Option<&str>,
    title: Option<&str>,
) -> QueryResult<()> {
    let unchanged =
        activities::table.find(id).filter(activities::title.is_not_distinct_from(before));
    diesel::update(unchanged).set(activities::title.eq(title)).execute(&mut conn).await.map(drop)
}
