//! The statement of an export.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    activities::{
        list::{Cursor, Filter, Sort, comes_after, conditions},
        types::Activity,
    },
    auth::{Identity, live_user},
    db::schema::activities,
};

/// The `limit` activities after `after` that `filter` selects, newest first, whole.
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
