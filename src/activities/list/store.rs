//! The statement of a list.

use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Double, Integer, Text, Timestamptz, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Cursor, PageRequest, Sort, Start, Value};
use crate::{
    activities::types::ActivitySummary,
    auth::{Identity, live_user},
    db::{Columns, FixedSql, schema::activities},
};

static SUMMARY: Columns<ActivitySummary> = Columns::unwritten();

type Condition = Box<dyn BoxableExpression<activities::table, Pg, SqlType = Bool>>;

/// One item more than the limit when there is a next page.
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
    let filter = &page.filter;
    if !filter.types.is_empty() {
        query = query.filter(activities::activity_type.eq_any(&filter.types));
    }
    if let Some(from) = filter.from {
        query = query.filter(activities::started_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(activities::started_at.le(to));
    }
    if let Some(least) = filter.min_distance_meters {
        query = query.filter(activities::distance_meters.ge(least));
    }
    if let Some(most) = filter.max_distance_meters {
        query = query.filter(activities::distance_meters.le(most));
    }
    if let Some(least) = filter.min_duration_secs {
        query = query.filter(activities::duration_secs.ge(least));
    }
    if let Some(most) = filter.max_duration_secs {
        query = query.filter(activities::duration_secs.le(most));
    }
    if let Some(words) = &filter.words {
        query = query.filter(has_words(words));
    }
    query = match page.start {
        Start::First => query,
        Start::Offset(offset) => query.offset(offset),
        Start::After(cursor) => query.filter(comes_after(page.sort, cursor)),
    };
    query.load(&mut conn).await
}

/// The first part is the condition of the index, which PostgreSQL does not guess.
fn has_words(words: &str) -> Condition {
    let index = "(activities.title IS NOT NULL OR activities.notes IS NOT NULL)
                 AND activity_words(activities.title, activities.notes)
                     @@ websearch_to_tsquery('simple', fold_case($1))";
    Box::new(FixedSql::<Bool>::new(index).bind::<Text, _>(words.to_owned()))
}

/// Compared as a row, the position is one place in the index of time: the last page costs what the first does.
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
