//! SQL statements about security events. The table is append-only, which the database enforces.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntervalDsl, auto_type, exists, now, sql},
    prelude::*,
    sql_types::{Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Event, EventKind};
use crate::{
    auth::Device,
    credentials::{Identity, live_session},
    db::{
        FetchOne,
        schema::{auth_events, users},
    },
};

const REMEMBERED_DAYS: i32 = 365;

/// Must match the table's trigger.
const NETWORK_DAYS: i32 = 90;

/// A security event as the owner of the account sees it.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = auth_events)]
#[schema(as = SecurityEvent)]
pub struct RecordedEvent {
    pub id: Uuid,
    #[schema(value_type = EventKind)]
    pub kind: String,
    #[schema(required)]
    pub method: Option<String>,
    #[schema(required)]
    pub device: Option<String>,
    /// The first 24 bits of the IPv4 address or 48 bits of the IPv6 address. Removed after 90 days.
    #[schema(required, examples("203.0.113.0/24"))]
    pub network: Option<String>,
    pub at: DateTime<Utc>,
    #[serde(skip)]
    pub user_id: Option<Uuid>,
}

pub async fn insert(mut conn: &AsyncPgConnection, event: &Event<'_>) -> QueryResult<Uuid> {
    diesel::insert_into(auth_events::table)
        .values((
            auth_events::user_id.eq(event.user_id),
            auth_events::kind.eq(event.kind.to_string()),
            auth_events::method.eq(&event.method),
            auth_events::device.eq(event.device.map(AsRef::<str>::as_ref)),
            auth_events::network.eq(event.device.and_then(Device::network)),
        ))
        .returning(auth_events::id)
        .fetch_one(&mut conn)
        .await
}

pub async fn find(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<RecordedEvent>> {
    let query = auth_events::table.find(id).select(RecordedEvent::as_select());
    query.first(&mut conn).await.optional()
}

/// The live user's id as a nullable expression, because the column is nullable.
#[auto_type]
fn owner(identity: Identity) -> _ {
    let live: live_session = live_session(identity);
    live.select(users::id.nullable())
}

/// Whether the event belongs to the live user.
pub async fn is_own(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let own = auth_events::table.find(id).filter(auth_events::user_id.eq_any(owner(identity)));
    diesel::select(exists(own)).fetch_one(&mut conn).await
}

/// The live user's events after the event `cursor`, newest first.
pub async fn list(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    cursor: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RecordedEvent>> {
    let mut query = auth_events::table
        .filter(auth_events::user_id.eq_any(owner(identity)))
        .select(RecordedEvent::as_select())
        .order((auth_events::at.desc(), auth_events::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(cursor) = cursor {
        query = query.filter(
            sql::<Bool>("(at, id) < (SELECT c.at, c.id FROM auth_events c WHERE c.id = ")
                .bind::<SqlUuid, _>(cursor)
                .sql(")"),
        );
    }
    query.load(&mut conn).await
}

/// Deletes the events of a deleted account. The database rejects this for existing accounts.
pub async fn delete_of(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    diesel::delete(auth_events::table.filter(auth_events::user_id.eq(user_id)))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Deletes events older than a year and returns how many. Also removes the networks of events
/// older than 90 days.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let of_networks = now.into_sql::<Timestamptz>() - NETWORK_DAYS.days();
    let with_network = auth_events::table
        .filter(auth_events::at.lt(of_networks))
        .filter(auth_events::network.is_not_null());
    diesel::update(with_network)
        .set(auth_events::network.eq(None::<String>))
        .execute(&mut conn)
        .await?;
    let forgotten = now.into_sql::<Timestamptz>() - REMEMBERED_DAYS.days();
    diesel::delete(auth_events::table.filter(auth_events::at.lt(forgotten)))
        .execute(&mut conn)
        .await
}
