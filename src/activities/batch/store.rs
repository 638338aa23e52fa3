//! The same few statements for any number of activities.

use diesel::{
    prelude::*,
    sql_types::{
        Array, BigInt, Bool, Float4, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
    },
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::types::NewActivity,
    auth::{Identity, live_session},
    db::schema::{activities, users},
};

/// An activity that is there already, by the name that another system gave it.
#[derive(QueryableByName)]
#[diesel(table_name = activities)]
pub struct Known {
    pub id: Uuid,
    pub source: String,
    pub external_id: Option<String>,
    pub revision: i64,
}

/// An activity that was written.
#[derive(QueryableByName)]
pub struct Written {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Bool)]
    pub is_new: bool,
}

/// The activities that `items` name, locked until the transaction ends: before the numbers are taken, as
/// whoever changes a single one does.
pub async fn lock_known(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    items: &[NewActivity],
) -> QueryResult<Vec<Known>> {
    let named: Vec<_> = items.iter().filter(|item| item.external_id.is_some()).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    lock_names(conn, identity).await?;
    // Joined, so that each is looked up in the index of names: a list would be compared with every row.
    diesel::sql_query(
        "SELECT a.id, a.source, a.external_id, a.revision
         FROM unnest($2, $3) AS item (source, external_id)
         JOIN activities a ON a.user_id = $1 AND a.source = item.source AND a.external_id = item.external_id
         ORDER BY a.id FOR NO KEY UPDATE OF a",
    )
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Array<Text>, _>(named.iter().map(|item| item.source.to_string()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(named.iter().map(|item| &item.external_id).collect::<Vec<_>>())
    .load(&mut conn)
    .await
}

/// Whoever gives names waits here for others of the same user who do, until their transactions end.
pub async fn lock_names(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<usize> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('activities ' || $1, 0))")
        .bind::<Text, _>(identity.user_id.to_string())
        .execute(&mut conn)
        .await
}

/// The last of `how_many` new revisions of the live user; `None` when the token has ended.
pub async fn take_revisions(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    how_many: i64,
) -> QueryResult<Option<i64>> {
    diesel::define_sql_function! {
        fn take_activity_revisions(owner: SqlUuid, how_many: BigInt) -> BigInt;
    }
    live_session(identity)
        .select(take_activity_revisions(users::id, how_many))
        .first(&mut conn)
        .await
        .optional()
}

/// Writes `items` with the revisions after `after`, one each; what is already there just like that is
/// left as it is, and not answered.
pub async fn write(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    after: i64,
    items: Vec<NewActivity>,
) -> QueryResult<Vec<Written>> {
    macro_rules! column {
        ($of:expr) => {
            items.iter().map($of).collect::<Vec<_>>()
        };
    }
    diesel::sql_query(
        "INSERT INTO activities AS a (user_id, revision, activity_type, started_at, duration_secs,
             distance_meters, calories, notes, source, external_id, device_data)
         SELECT $1, $2 + item.n, item.activity_type, item.started_at, item.duration_secs,
             item.distance_meters, item.calories, item.notes, item.source, item.external_id, item.device_data
         FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY
             AS item (activity_type, started_at, duration_secs, distance_meters, calories, notes, source,
                      external_id, device_data, n)
         ON CONFLICT (user_id, source, external_id) WHERE external_id IS NOT NULL DO UPDATE
             SET revision = excluded.revision, activity_type = excluded.activity_type,
                 started_at = excluded.started_at, duration_secs = excluded.duration_secs,
                 distance_meters = excluded.distance_meters, calories = excluded.calories,
                 notes = excluded.notes, device_data = excluded.device_data, updated_at = now()
             WHERE (a.activity_type, a.started_at, a.duration_secs, a.distance_meters, a.calories, a.notes,
                    a.device_data)
                 IS DISTINCT FROM
                   (excluded.activity_type, excluded.started_at, excluded.duration_secs,
                    excluded.distance_meters, excluded.calories, excluded.notes, excluded.device_data)
         -- A row version that nobody has locked or ended was just inserted.
         RETURNING id, revision, xmax = 0 AS is_new",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<BigInt, _>(after)
    .bind::<Array<Text>, _>(column!(|item| item.activity_type.to_string()))
    .bind::<Array<Timestamptz>, _>(column!(|item| item.started_at))
    .bind::<Array<Integer>, _>(column!(|item| item.duration_secs))
    .bind::<Array<Nullable<Float4>>, _>(column!(|item| item.distance_meters))
    .bind::<Array<Nullable<Integer>>, _>(column!(|item| item.calories))
    .bind::<Array<Nullable<Text>>, _>(column!(|item| item.notes.as_deref()))
    .bind::<Array<Text>, _>(column!(|item| item.source.to_string()))
    .bind::<Array<Nullable<Text>>, _>(column!(|item| item.external_id.as_deref()))
    .bind::<Array<Nullable<Jsonb>>, _>(column!(|item| item.device_data.as_ref()))
    .load(&mut conn)
    .await
}
