//! Restores activities from another sports-log server as they were there.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{IngestContext, StoreResult};
use crate::{
    account_export::format::{ExportedActivity, ExportedProfile},
    activities::{
        self, ImportedActivity, NewActivity, Origins,
        merging::{self, Candidate, Merged},
        originals::{NewOriginal, PackedFile},
        restoring::{IdLocation, place, same_of_file},
        streams,
    },
    db::JsonText,
    error::{ApiError, ApiResult},
    imports::{ingest, types::Outcome},
};

/// An activity with everything that belongs to it.
pub struct Restored {
    pub exported: ExportedActivity,
    pub activity: NewActivity,
    pub original: Option<(String, PackedFile)>,
    pub streams: Option<streams::PackedStreams>,
}

impl Restored {
    /// Approximate bytes to be stored for the file and the streams.
    pub fn bytes(&self) -> u64 {
        let original = self.original.as_ref().map_or(0, |(_, file)| file.data.len());
        (original + self.streams.as_ref().map_or(0, streams::PackedStreams::bytes)) as u64
    }
}

/// Stores an activity of an export, whose import began at `begun_at`, unless
/// the log has it already.
pub async fn activity(
    IngestContext { conn, user_id, storage }: IngestContext<'_>,
    restored: &Restored,
    begun_at: DateTime<Utc>,
) -> ApiResult<StoreResult> {
    let Restored { exported, activity, original, streams } = restored;
    let duplicate =
        |id| StoreResult { outcome: Outcome::Duplicate, activity_ids: vec![id], new: 0 };
    activities::lock_names(conn, user_id).await?;
    let id = match place(conn, user_id, exported.id).await? {
        IdLocation::There(id) => return Ok(duplicate(id)),
        IdLocation::Free(id) => id,
    };
    let is_valid = activities::Source::is_valid(&exported.source);
    let source = if is_valid { exported.source.as_str() } else { "import" };
    if let Some(name) = activity.external_id()
        && let Some((_, shown)) = activities::named(conn, user_id, source, name).await?
    {
        return Ok(duplicate(shown));
    }
    let what = (activity.started_at, activity.duration_secs);
    let mut original_id = None;
    if let Some((file_name, file)) = original {
        if let Some(shown) = same_of_file(conn, user_id, &file.sha256, what).await? {
            return Ok(duplicate(shown));
        }
        original_id = Some(storage.insert(conn, &NewOriginal { user_id, file_name, file }).await?);
    }
    let parent_id = there(conn, user_id, exported.parent_id).await?;
    let behind = match there(conn, user_id, exported.merged_into).await? {
        // A forged export may merge any number of records into one activity.
        Some(shown) if merging::is_full(conn, shown).await? => None,
        behind => behind,
    };
    let merged = merged(conn, user_id, exported.merged.as_deref()).await?;
    let ExportedActivity { computed, edited, replaced, .. } = exported;
    let origins = Origins::restored(
        computed.clone(),
        edited.clone(),
        replaced.clone().filter(|_| merged.is_some()),
    );
    let may_be_known = behind.is_none() && merged.is_none();
    let mut row = ImportedActivity {
        id: Some(id),
        user_id,
        activity_type: activity.activity_type.to_string(),
        started_at: activity.started_at,
        duration_secs: activity.duration_secs,
        source: source.to_owned(),
        original_id,
        parent_id,
        merged_into: behind,
        merged,
        has: ingest::recorded(streams.as_ref(), original_id),
        origins,
        details: activity.details.clone(),
    };
    let mut same = None;
    if may_be_known {
        let candidate = Candidate { before: Some(begun_at), ..Candidate::of_row(&row) };
        same = merging::find_one_same(conn, user_id, &candidate, original_id).await?;
        row.merged_into = same;
    }
    activities::insert_imported(conn, &row).await?;
    if let Some(streams) = streams {
        streams::put(conn, id, streams).await?;
    }
    if let Some(shown) = same {
        merging::merge(conn, user_id, shown, id).await?;
        return Ok(StoreResult { outcome: Outcome::Merged, activity_ids: vec![shown], new: 0 });
    }
    if behind.is_some() {
        activities::note_recorded_data(conn, id).await?;
    }
    let new = u64::from(behind.is_none());
    Ok(StoreResult { outcome: Outcome::Imported, activity_ids: vec![behind.unwrap_or(id)], new })
}

/// The activity that another one refers to, if the log has it.
async fn there(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    id: Option<Uuid>,
) -> ApiResult<Option<Uuid>> {
    let Some(id) = id else { return Ok(None) };
    match place(conn, user_id, id).await? {
        IdLocation::There(id) => Ok(Some(id)),
        IdLocation::Free(_) => Ok(None),
    }
}

/// The records merged into an activity, with the ids that they will get on this server. The records
/// are restored after the activity.
async fn merged(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    merged: Option<&[Merged]>,
) -> ApiResult<Option<JsonText>> {
    let Some(merged) = merged else { return Ok(None) };
    let mut here = merged.to_vec();
    for one in &mut here {
        one.activity_id = match place(conn, user_id, one.activity_id).await? {
            IdLocation::There(id) | IdLocation::Free(id) => id,
        };
    }
    Ok(Some(JsonText::of(&here).map_err(ApiError::internal)?))
}

/// Restores the profile of an account whose own profile is still empty.
pub async fn profile(
    IngestContext { conn, user_id, .. }: IngestContext<'_>,
    profile: &ExportedProfile,
) -> ApiResult<StoreResult> {
    let is_taken = ingest::restore_profile(conn, user_id, profile).await?;
    let outcome = if is_taken { Outcome::Imported } else { Outcome::Duplicate };
    Ok(StoreResult { outcome, activity_ids: Vec::new(), new: 0 })
}
