//! Queries for exports.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    activities::{
        list::{Cursor, Filter, Sort, comes_after, conditions},
        types::Activity,
    },
    credentials::{Identity, live_user},
    db::schema::activities,
};

/// Approximate size of a whole activity in memory, in bytes.
pub const BYTES: &str =
    "(1000 + coalesce(octet_length(notes), 0) + coalesce(octet_length(laps::text), 0)
    + coalesce(octet_length(sets::text), 0) + coalesce(octet_length(device_data::text), 0)
    + coalesce(octet_length(merged::text), 0))::bigint";

/// The size of an activity.
#[derive(QueryableByName)]
pub struct Size {
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
}

/// The sizes of the activities that [`after`] returns.
pub async fn sizes(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    filter: &Filter,
    after: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let mut query = activities::table
        .filter(activities::user_id.eq_any(live_user(identity)))
        .filter(activities::merged_into.is_null())
        .select(sql::<BigInt>(BYTES))
        .order((activities::started_at.desc(), activities::id.desc()))
        .limit(limit)
        .into_boxed();
    for condition in conditions(filter, identity.user_id) {
        query = query.filter(condition);
    }
    if let Some(cursor) = after {
        query = query.filter(comes_after(Sort::default(), cursor));
    }
    query.load(&mut conn).await
}

/// The next `limit` whole activities after `after` that `filter` selects, newest first.
pub async fn after(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    filter: &Filter,
    after: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Activity>> {
    let mut query = activities::table
        .filter(activities::user_id.eq_any(live_user(identity)))
        .filter(activities::merged_into.is_null())
        .select(Activity::as_select())
        .order((activities::started_at.desc(), activities::id.desc()))
        .limit(limit)
        .into_boxed();
    for condition in conditions(filter, identity.user_id) {
        query = query.filter(condition);
    }
    if let Some(cursor) = after {
        query = query.filter(comes_after(Sort::default(), cursor));
    }
    query.load(&mut conn).await
}
