//! Queries for activities that the server read from a file or a service. The caller has
//! already determined the owner.

use std::sync::LazyLock;

use diesel::{
    dsl::now,
    prelude::*,
    sql_types::{Array, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{ImportedActivity, Measurement, lock_shown},
    db::{
        FetchOne, JsonText, fixed_query,
        schema::{activities, further},
    },
    error::{ApiError, ApiResult},
};

/// Inserts an activity and returns its id.
pub async fn insert_imported(
    mut conn: &AsyncPgConnection,
    new: &ImportedActivity,
) -> ApiResult<Uuid> {
    #[derive(QueryableByName)]
    #[diesel(table_name = activities)]
    struct Row {
        id: Uuid,
    }
    static STATEMENT: LazyLock<String> = LazyLock::new(|| {
        let columns = ImportedActivity::COLUMNS.join(", ");
        format!(
            "INSERT INTO activities (id, {columns})
             SELECT coalesce(id, gen_random_uuid()), {columns}
             FROM json_populate_record(NULL::activities, $1::json)
             RETURNING id"
        )
    });
    let json = serde_json::to_string(new).map_err(ApiError::internal)?;
    let row: Row = fixed_query(&STATEMENT).bind::<Text, _>(json).fetch_one(&mut conn).await?;
    Ok(row.id)
}

/// A new measurement to apply to an activity.
pub struct Refresh<'a> {
    pub measurement: &'a Measurement,
    /// The file with the measurement. The previous file is deleted if no activity
    /// refers to it any more.
    pub original_id: Option<Uuid>,
    /// Whether this is a dry run, which writes nothing.
    pub is_trial: bool,
}

/// Updates the measured fields, except those that the owner has changed. Returns an object
/// with each field that differs, with its values before and after. If none differs, the
/// revision stays the same.
pub async fn refresh(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    Refresh { measurement, original_id, is_trial }: Refresh<'_>,
) -> QueryResult<JsonText> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Jsonb)]
        changes: JsonText,
    }
    lock_shown(conn, id).await?;
    let before: Option<Uuid> = activities::table
        .find(id)
        .select(activities::original_id)
        .for_no_key_update()
        .first(&mut conn)
        .await?;
    let row: Row =
        diesel::sql_query("SELECT remeasure_activity($1, $2, $3, $4, $5, $6) AS changes")
            .bind::<SqlUuid, _>(id)
            .bind::<Jsonb, _>(&measurement.given)
            .bind::<Array<Text>, _>(&measurement.computed)
            .bind::<Bool, _>(measurement.is_authority)
            .bind::<Nullable<SqlUuid>, _>(original_id)
            .bind::<Bool, _>(is_trial)
            .fetch_one(&mut conn)
            .await?;
    if let Some(before) = before.filter(|_| original_id.is_some()) {
        diesel::sql_query(
            "DELETE FROM originals o
             WHERE id = $1 AND NOT EXISTS (SELECT FROM activities a WHERE a.original_id = o.id)",
        )
        .bind::<SqlUuid, _>(before)
        .execute(&mut conn)
        .await?;
    }
    Ok(row.changes)
}

/// The names of the computed fields of a user's activity.
pub async fn computed(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    id: Uuid,
) -> QueryResult<Vec<String>> {
    let computed: Option<Option<Vec<String>>> = activities::table
        .filter(activities::id.eq(id))
        .filter(activities::user_id.eq(user_id))
        .select(further::computed)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(computed.flatten().unwrap_or_default())
}

/// Marks an activity as changed after a change outside of its row.
pub async fn touch(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
    diesel::update(activities::table.find(id))
        .set(activities::updated_at.eq(now))
        .execute(&mut conn)
        .await
}

/// Updates what is known to be recorded of an activity, after its file changed.
pub async fn note_recorded_data(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
    let noted = diesel::sql_query("SELECT note_recorded_data($1)").bind::<SqlUuid, _>(id);
    noted.execute(&mut conn).await
}
