//! The query that fills missing values.

use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{ANY, merging::FIELDS, types::Details},
    db::JsonText,
    error::{ApiError, ApiResult},
    sport::OTHER,
};

/// Fills in the values that an activity lacks, and its activity type if it has none. Fields that
/// the owner has changed or removed are left alone. If nothing is missing, the row is not written.
pub async fn fill(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    activity_type: &str,
    details: &Details,
) -> ApiResult<()> {
    let mut row = serde_json::to_value(details).map_err(ApiError::internal)?;
    if let Some(row) = row.as_object_mut() {
        row.insert("activity_type".to_owned(), activity_type.into());
    }
    let is_untouched = |field| format!("(a.edited && ARRAY['{field}', '{ANY}']) IS NOT TRUE");
    let lacks = FIELDS.map(|field| {
        let untouched = is_untouched(field);
        (field, format!("a.{field} IS NULL AND n.{field} IS NOT NULL AND {untouched}"))
    });
    let filled = lacks.each_ref().map(|(field, lacks)| {
        format!("{field} = CASE WHEN {lacks} THEN n.{field} ELSE a.{field} END")
    });
    let (filled, lacks) = (filled.join(", "), lacks.map(|(_, lacks)| lacks).join(" OR "));
    let has_no_sport = format!(
        "a.activity_type = '{OTHER}' AND n.activity_type <> '{OTHER}' AND {}",
        is_untouched("activity_type")
    );
    let statement = format!(
        "UPDATE activities a SET {filled}, updated_at = now(),
             activity_type = CASE WHEN {has_no_sport} THEN n.activity_type ELSE a.activity_type END
         FROM jsonb_populate_record(NULL::activities, $2) n
         WHERE a.id = $1 AND ({lacks} OR {has_no_sport})"
    );
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(id)
        .bind::<Jsonb, _>(JsonText::of(&row).map_err(ApiError::internal)?)
        .execute(&mut conn)
        .await?;
    Ok(())
}
