//! The query for a list.

use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Array, Bool, Double, Integer, Text, Timestamptz, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Cursor, Filter, PageRequest, Sort, Start, Value};
use crate::{
    activities::types::ActivitySummary,
    credentials::{Identity, live_user},
    db::{Columns, FixedSql, schema::activities},
};

static SUMMARY: Columns<ActivitySummary> = Columns::unwritten();

type Condition = Box<dyn BoxableExpression<activities::table, Pg, SqlType = Bool>>;

/// The activities of a page, and one more if there is a next page.
pub async fn page(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    page: &PageRequest,
) -> QueryResult<Vec<ActivitySummary>> {
    let mut query = activities::table
        .filter(activities::user_id.eq_any(live_user(identity)))
        .filter(activities::merged_into.is_null())
        .select(&SUMMARY)
        .order(FixedSql::<Untyped>::new(page.sort.order()))
        .limit(page.limit + 1)
        .into_boxed();
    for condition in conditions(&page.filter, identity.user_id) {
        query = query.filter(condition);
    }
    query = match page.start {
        Start::First => query,
        Start::Offset(offset) => query.offset(offset),
        Start::After(cursor) => query.filter(comes_after(page.sort, cursor)),
    };
    query.load(&mut conn).await
}

/// The SQL conditions of `filter`.
pub fn conditions(filter: &Filter, user_id: Uuid) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    if !filter.types.is_empty() {
        all.push(Box::new(activities::activity_type.eq_any(filter.types.clone())));
    }
    if let Some(from) = filter.from {
        all.push(Box::new(activities::started_at.ge(from)));
    }
    if let Some(to) = filter.to {
        all.push(Box::new(activities::started_at.le(to)));
    }
    if let Some(least) = filter.min_distance_meters {
        all.push(Box::new(activities::distance_meters.ge(least).assume_not_null()));
    }
    if let Some(most) = filter.max_distance_meters {
        all.push(Box::new(activities::distance_meters.le(most).assume_not_null()));
    }
    if let Some(least) = filter.min_duration_secs {
        all.push(Box::new(activities::duration_secs.ge(least)));
    }
    if let Some(most) = filter.max_duration_secs {
        all.push(Box::new(activities::duration_secs.le(most)));
    }
    if let Some(words) = &filter.words {
        all.push(has_words(words));
    }
    match &filter.external_id {
        Some(name) => all.push(is_named(user_id, &filter.sources, name)),
        None if filter.sources.is_empty() => {}
        None => all.push(Box::new(activities::source.eq_any(filter.sources.clone()))),
    }
    all
}

/// Matches the activity that one of the sources calls `name`, or the one that it is merged into.
fn is_named(user_id: Uuid, sources: &[String], name: &str) -> Condition {
    let of_sources = if sources.is_empty() { "" } else { "AND n.source = ANY ($3)" };
    let is_named = format!(
        "activities.id IN (SELECT coalesce(n.merged_into, n.id) FROM activities n
                           WHERE n.user_id = $1 AND n.external_id = $2 {of_sources})"
    );
    Box::new(
        FixedSql::<Bool>::new(is_named)
            .bind::<SqlUuid, _>(user_id)
            .bind::<Text, _>(name.to_owned())
            .bind::<Array<Text>, _>(sources.to_vec()),
    )
}

/// The first part is the condition of the partial index, which PostgreSQL does not infer.
fn has_words(words: &str) -> Condition {
    let index = "(activities.title IS NOT NULL OR activities.notes IS NOT NULL)
                 AND activity_terms(activities.title, activities.notes) @@ terms_query($1)";
    Box::new(FixedSql::<Bool>::new(index).bind::<Text, _>(words.to_owned()))
}

/// A row comparison takes one lookup in the index on time: the last page
/// costs as much as the first.
pub fn comes_after(sort: Sort, cursor: Cursor) -> Condition {
    let comparison = if sort.is_descending { "<" } else { ">" };
    let place = format!("({}, activities.id) {comparison} ($2, $1)", sort.expression());
    let place = FixedSql::<Bool>::new(place).bind::<SqlUuid, _>(cursor.id);
    Box::new(match cursor.value {
        Value::Time(time) => place.bind::<Timestamptz, _>(time),
        Value::Meters(meters) => place.bind::<Double, _>(meters),
        Value::Secs(secs) => place.bind::<Integer, _>(secs),
    })
}
