//! The statement that fills gaps.

use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{sports::OTHER, types::Details},
    db::JsonText,
    error::{ApiError, ApiResult},
};

/// What services know of an activity besides its recording.
const FIELDS: [&str; 14] = [
    "distance_meters",
    "calories",
    "notes",
    "title",
    "elapsed_secs",
    "moving_secs",
    "elevation_gain_meters",
    "elevation_loss_meters",
    "avg_heart_rate",
    "max_heart_rate",
    "avg_power_watts",
    "avg_cadence",
    "utc_offset_minutes",
    "sport_raw",
];

/// Gives an activity the kind of sport if it has none, and the values that it lacks. When it lacks
/// nothing, it stays as it is.
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
    let filled = FIELDS.map(|field| format!("{field} = coalesce(a.{field}, n.{field})")).join(", ");
    let lacks =
        FIELDS.map(|field| format!("a.{field} IS NULL AND n.{field} IS NOT NULL")).join(" OR ");
    let statement = format!(
        "UPDATE activities a SET {filled}, updated_at = now(),
             activity_type = CASE a.activity_type WHEN '{OTHER}' THEN n.activity_type ELSE a.activity_type END
         FROM jsonb_populate_record(NULL::activities, $2) n
         WHERE a.id = $1 AND ({lacks} OR a.activity_type = '{OTHER}' AND n.activity_type <> '{OTHER}')"
    );
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(id)
        .bind::<Jsonb, _>(JsonText::of(&row).map_err(ApiError::internal)?)
        .execute(&mut conn)
        .await?;
    Ok(())
}
