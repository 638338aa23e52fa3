//! SQL statements for goals.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::{ExportedGoal, Goal, NewGoal};
use crate::{
    credentials::{Identity, live_user},
    db::{lock_name, schema::goals},
};

/// Maximum number of goals per user.
pub const MAX_GOALS: i64 = 50;

/// Takes the advisory lock that serialises counting and inserting the user's goals.
pub async fn lock(conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    lock_name(conn, &format!("goals {user_id}")).await
}

/// Returns false if the user is at the limit or the identity has ended.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    new: &NewGoal,
) -> QueryResult<bool> {
    lock(conn, identity.user_id).await?;
    let inserted = diesel::sql_query(
        "INSERT INTO goals (id, user_id, metric, period, target, activity_type)
         SELECT $1, u.id, $2, $3, $4, $5 FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $6 AND u.token_version = $7 AND s.id = $8
           AND (SELECT count(*) FROM goals WHERE user_id = $6) < $9",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(new.metric.to_string())
    .bind::<Text, _>(new.period.to_string())
    .bind::<Double, _>(new.target)
    .bind::<Nullable<Text>, _>(&new.activity_type)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<BigInt, _>(MAX_GOALS)
    .execute(&mut conn)
    .await?;
    Ok(inserted == 1)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn own(identity: Identity) -> _ {
    let owner: live_user = live_user(identity);
    goals::table.filter(goals::user_id.eq_any(owner))
}

pub async fn list(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Vec<Goal>> {
    let own = own(identity).order((goals::created_at, goals::id));
    own.select(Goal::as_select()).load(&mut conn).await
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Goal>> {
    let one = own(identity).filter(goals::id.eq(id));
    one.select(Goal::as_select()).first(&mut conn).await.optional()
}

pub async fn set_target(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    target: f64,
) -> QueryResult<usize> {
    diesel::update(own(identity).filter(goals::id.eq(id)).filter(goals::target.ne(target)))
        .set((goals::target.eq(target), goals::updated_at.eq(now)))
        .execute(&mut conn)
        .await
}

/// Returns whether the goal existed.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let one = own(identity).filter(goals::id.eq(id));
    Ok(diesel::delete(one).execute(&mut conn).await? == 1)
}

/// Inserts the goals of an account export, without checking a session.
pub async fn restore(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    goals: &[ExportedGoal],
) -> QueryResult<usize> {
    let rows: Vec<_> = (0..)
        .zip(goals)
        .map(|(number, goal): (i64, _)| {
            (
                // Keeps the order of the export, which is the order of creation.
                goals::created_at.eq(now.into_sql::<Timestamptz>() + number.microseconds()),
                goals::user_id.eq(user_id),
                goals::metric.eq(&goal.metric),
                goals::period.eq(&goal.period),
                goals::target.eq(goal.target),
                goals::activity_type.eq(&goal.activity_type),
            )
        })
        .collect();
    diesel::insert_into(goals::table).values(rows).execute(&mut conn).await
}
