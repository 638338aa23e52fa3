//! The query for included fields.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{Array, Bool, Jsonb, Nullable, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Include;
use crate::db::{JsonText, fixed_query};

#[derive(QueryableByName)]
struct Parts {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Jsonb>)]
    laps: Option<JsonText>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    sets: Option<JsonText>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    device_data: Option<JsonText>,
}

/// The requested ones of laps, sets and device data, for the user's activities `ids`.
pub async fn parts(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    ids: Vec<Uuid>,
    include: Include,
) -> QueryResult<HashMap<Uuid, [Option<JsonText>; 3]>> {
    let parts: Vec<Parts> = fixed_query(
        "SELECT id, CASE WHEN $3 THEN laps END AS laps, CASE WHEN $4 THEN sets END AS sets,
                CASE WHEN $5 THEN device_data END AS device_data
         FROM activities WHERE user_id = $1 AND id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Bool, _>(include.laps)
    .bind::<Bool, _>(include.sets)
    .bind::<Bool, _>(include.device_data)
    .load(&mut conn)
    .await?;
    Ok(parts.into_iter().map(|row| (row.id, [row.laps, row.sets, row.device_data])).collect())
}
