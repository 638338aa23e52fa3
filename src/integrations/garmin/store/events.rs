//! Events from webhooks, in the order of their arrival.

use std::time::Duration;

use derive_more::{Display, FromStr};
use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Jsonb, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::{JsonText, schema::garmin_events};

/// How long an event waits for its owner to connect Garmin again.
const KEPT_DAYS: i32 = 30;

/// The subject of an event.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum EventKind {
    /// An activity, or the URL to fetch it from.
    Activity,
    /// The URL to fetch the file of an activity from.
    File,
}

/// A waiting event.
#[derive(Debug, Queryable)]
pub struct Event {
    pub id: i64,
    pub kind: String,
    pub body: JsonText,
    pub attempts: i32,
}

/// Stores an event for the user with this id at Garmin, or nothing if there is none.
pub async fn add_event(
    mut conn: &AsyncPgConnection,
    garmin_user_id: &str,
    kind: EventKind,
    body: &JsonText,
) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO garmin_events (connection_id, kind, body)
         SELECT id, $2, $3 FROM garmin_connections WHERE garmin_user_id = $1 AND user_id IS NOT NULL",
    )
    .bind::<Text, _>(garmin_user_id)
    .bind::<Text, _>(kind.to_string())
    .bind::<Jsonb, _>(body)
    .execute(&mut conn)
    .await
}

/// The oldest events of a connection that are due.
pub async fn events(
    mut conn: &AsyncPgConnection,
    connection_id: Uuid,
    limit: i64,
) -> QueryResult<Vec<Event>> {
    garmin_events::table
        .filter(garmin_events::connection_id.eq(connection_id))
        .filter(garmin_events::due_at.le(now))
        .order(garmin_events::id)
        .limit(limit)
        .select((
            garmin_events::id,
            garmin_events::kind,
            garmin_events::body,
            garmin_events::attempts,
        ))
        .load(&mut conn)
        .await
}

pub async fn end_event(mut conn: &AsyncPgConnection, id: i64) -> QueryResult<usize> {
    diesel::delete(garmin_events::table.find(id)).execute(&mut conn).await
}

/// Records another failed attempt; the event is due again after `pause`.
pub async fn postpone_event(
    mut conn: &AsyncPgConnection,
    id: i64,
    pause: Duration,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE garmin_events SET attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
         WHERE id = $2",
    )
    .bind::<Double, _>(pause.as_secs_f64())
    .bind::<BigInt, _>(id)
    .execute(&mut conn)
    .await
}

/// Deletes events that have waited too long; returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - KEPT_DAYS.days();
    diesel::delete(garmin_events::table.filter(garmin_events::received_at.lt(forgotten)))
        .execute(&mut conn)
        .await
}
