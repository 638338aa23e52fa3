//! Stores activities that were recorded elsewhere, with their streams and original files,
//! unless they exist already.

mod profile;
pub mod restore;
mod row;

pub use profile::{check_profile, restore_profile};
pub use row::{measurement, title};

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::types::Outcome;
use crate::{
    activities::{
        self, RecordedData, Refresh, UploadDetails, gaps,
        merging::{self, Candidate},
        originals::{self, NewOriginal, PackedFile, Storage},
        restoring, streams,
    },
    error::ApiResult,
    recordings::{Session, Totals},
};

/// Approximate bytes of a lap or a set as JSON.
const PART_BYTES: usize = 128;

/// Maximum seconds between two parts of an outing: the time to change for the next sport.
const CHANGE_SECS: f64 = 15.0 * 60.0;

/// Seconds by which clocks and sums of laps may be off.
const OVERLAP_SECS: f64 = 60.0;

/// Activities to be stored, with the file that contains them.
#[derive(Default)]
pub struct ImportItem {
    /// The file's name and content.
    pub original: Option<(String, PackedFile)>,
    pub sessions: Vec<Session>,
    /// The source, and the activity's id there.
    pub name: Option<(&'static str, String)>,
    /// The activity on a sports-log server that the file was exported from.
    pub exported_from: Option<Uuid>,
    /// What the client that uploaded the file says about the first activity in it.
    pub details: UploadDetails,
}

/// The packed streams of an import item's sessions.
#[derive(Default)]
pub struct Packed {
    streams: Vec<Option<streams::PackedStreams>>,
    /// Approximate bytes to be stored, including the file.
    pub bytes: u64,
}

/// Packs the streams, which takes some milliseconds of CPU time. Call this before the transaction
/// that stores them, since others wait for its locks.
pub fn pack(ImportItem { original, sessions, .. }: &ImportItem) -> ApiResult<Packed> {
    let streams = sessions.iter().map(streams_of).collect::<ApiResult<Vec<_>>>()?;
    let parts = sessions.iter().map(|session| session.laps.len() + session.sets.len());
    let file = original.as_ref().map_or(0, |(_, file)| file.data.len());
    let measured: usize = streams.iter().flatten().map(streams::PackedStreams::bytes).sum();
    let bytes = file + measured + PART_BYTES * parts.sum::<usize>();
    Ok(Packed { streams, bytes: bytes as u64 })
}

/// The packed streams of a session; `None` if there is no value.
pub fn streams_of(session: &Session) -> ApiResult<Option<streams::PackedStreams>> {
    streams::PackedStreams::of(&row::packable(session))
}

/// What to do about an activity whose source and id exist already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnKnown {
    Leave,
    /// Update what was measured, and keep what the owner wrote.
    Refresh,
}

/// The result of storing an import item.
pub struct StoreResult {
    pub outcome: Outcome,
    /// The activities, or the activities that they are merged into.
    pub activity_ids: Vec<Uuid>,
    /// How many of the activities are new.
    pub new: u64,
}

/// The owner of the log, the transaction, and the storage for files.
#[derive(Clone, Copy)]
pub struct IngestContext<'a> {
    pub conn: &'a AsyncPgConnection,
    pub user_id: Uuid,
    pub storage: &'a Storage,
}

/// Stores `material` with its `packed` streams.
pub async fn store(
    IngestContext { conn, user_id, storage }: IngestContext<'_>,
    material: &ImportItem,
    packed: &Packed,
    on_known: OnKnown,
) -> ApiResult<StoreResult> {
    let ImportItem { original, sessions, name, exported_from, details } = material;
    let name = details.name().or(name.as_ref().map(|(source, id)| (*source, id.as_str())));
    let sha256 = original.as_ref().map(|(_, file)| file.sha256.as_slice());
    // While this lock is held, an activity that is not found stays absent.
    activities::lock_names(conn, user_id).await?;
    if let Some(sha256) = sha256 {
        let known = originals::activities_of(conn, user_id, sha256).await?;
        if !known.is_empty() {
            return Ok(StoreResult { outcome: Outcome::Duplicate, activity_ids: known, new: 0 });
        }
    }
    let named = match name {
        Some((source, id)) => activities::named(conn, user_id, source, id).await?,
        None => None,
    };
    // The activity to merge the file into: it lacks the recording, or the
    // file was exported from it.
    let mut of = None;
    if let (Some((id, shown)), OnKnown::Leave) = (named, on_known) {
        let is_recording = original.is_some() || packed.streams.iter().any(Option::is_some);
        if !is_recording || merging::has_recording(conn, shown).await? {
            return Ok(StoreResult {
                outcome: Outcome::Duplicate,
                activity_ids: vec![shown],
                new: 0,
            });
        }
        // Values that the owner has changed stay, and only gaps are filled.
        of = activities::was_changed(conn, id).await?.then_some(shown);
    }
    if let (None, Some(exported)) = (named, *exported_from) {
        // Wherever the file has been since, it is the same activity.
        let shown = restoring::shown(conn, user_id, exported).await?;
        if let Some(shown) = shown {
            if merging::is_full(conn, shown).await? {
                return Ok(StoreResult {
                    outcome: Outcome::Duplicate,
                    activity_ids: vec![shown],
                    new: 0,
                });
            }
            of = Some(shown);
        }
    }
    let mut original_id = None;
    if let Some((file_name, file)) = original {
        original_id = Some(storage.insert(conn, &NewOriginal { user_id, file_name, file }).await?);
    }
    let mut kept = StoreResult { outcome: Outcome::Merged, activity_ids: Vec::new(), new: 0 };
    let sessions: Vec<_> = sessions.iter().zip(&packed.streams).collect();
    let mut sessions = sessions.as_slice();
    // The parent of the next sessions, and the previous session.
    let (mut parent, mut before) = (None, None);
    if let (Some((id, shown)), None, [(first, streams), others @ ..]) = (named, of, sessions) {
        remeasure(conn, id, (first, streams.as_ref()), original_id).await?;
        (kept.outcome, kept.activity_ids) = (Outcome::Updated, vec![shown]);
        (parent, before) = (Some(shown), Some(*first));
        // An activity may turn out to have several parts when its file arrives.
        sessions = if merging::has_parts(conn, id).await? { &[] } else { others };
    }
    for (session, streams) in sessions {
        parent = parent.filter(|_| before.is_some_and(|before| follows(before, session)));
        before = Some(*session);
        let mut row = row::of(session, user_id, parent)?;
        row.original_id = original_id;
        row.has = recorded(streams.as_ref(), original_id);
        if kept.activity_ids.is_empty() {
            row::describe(&mut row, details);
        }
        if let (Some((source, id)), None) = (name, of) {
            row.source = source.to_owned();
            // Only one activity gets the id; the others are found through their parent.
            row.details.external_id =
                Some(Some(id.to_owned()).filter(|_| kept.activity_ids.is_empty()));
        }
        let candidate = Candidate::of_row(&row);
        let same = match of.take() {
            Some(shown) => Some(shown),
            None => merging::find_one_same(conn, user_id, &candidate, original_id).await?,
        };
        row.merged_into = same;
        let id = activities::insert_imported(conn, &row).await?;
        if let Some(streams) = streams {
            streams::put(conn, id, streams).await?;
        }
        match same {
            Some(shown) => {
                merging::merge(conn, user_id, shown, id).await?;
            }
            None => {
                // A single new session is enough for the file to count as imported.
                if named.is_none() {
                    kept.outcome = Outcome::Imported;
                }
                kept.new += 1;
            }
        }
        kept.activity_ids.push(same.unwrap_or(id));
        parent = parent.or(kept.activity_ids.last().copied());
    }
    Ok(kept)
}

/// What is stored with a new activity.
fn recorded(
    streams: Option<&streams::PackedStreams>,
    original_id: Option<Uuid>,
) -> Vec<RecordedData> {
    let mut data = streams.map_or_else(Vec::new, |streams| streams.recorded().to_vec());
    data.extend(original_id.map(|_| RecordedData::Original));
    data
}

/// Whether `next` is the next part of the same outing, as in a triathlon: it starts when `before`
/// ends. Files with a history contain unrelated sessions.
fn follows(before: &Session, next: &Session) -> bool {
    let Totals { elapsed_secs, timer_secs, .. } = before.totals;
    let lasted = elapsed_secs.unwrap_or_default().max(timer_secs.unwrap_or_default());
    let rest = (next.started_at - before.started_at).as_seconds_f64() - lasted;
    (-OVERLAP_SECS..=CHANGE_SECS).contains(&rest)
}

/// Fills in the values that an existing activity lacks and its session has, in
/// the caller's transaction.
pub async fn fill(
    IngestContext { conn, user_id, .. }: IngestContext<'_>,
    id: Uuid,
    session: &Session,
) -> ApiResult<()> {
    let row = row::of(session, user_id, None)?;
    gaps::fill(conn, id, &row.activity_type, &row.details).await
}

/// Stores another session of a stored file; returns the activity that is shown for it.
pub async fn add(
    IngestContext { conn, user_id, .. }: IngestContext<'_>,
    session: &Session,
    streams: Option<&streams::PackedStreams>,
    original_id: Uuid,
) -> ApiResult<Uuid> {
    let mut row = row::of(session, user_id, None)?;
    row.original_id = Some(original_id);
    row.has = recorded(streams, Some(original_id));
    let candidate = Candidate::of_row(&row);
    let same = merging::find_one_same(conn, user_id, &candidate, row.original_id).await?;
    row.merged_into = same;
    let id = activities::insert_imported(conn, &row).await?;
    if let Some(streams) = streams {
        streams::put(conn, id, streams).await?;
    }
    if let Some(shown) = same {
        merging::merge(conn, user_id, shown, id).await?;
    }
    Ok(same.unwrap_or(id))
}

/// Updates the measured values of an activity, in the caller's transaction. What
/// the owner wrote stays.
pub async fn remeasure(
    conn: &AsyncPgConnection,
    id: Uuid,
    (session, streams): (&Session, Option<&streams::PackedStreams>),
    original_id: Option<Uuid>,
) -> ApiResult<()> {
    let measurement = &row::measurement(session, false)?;
    let refresh = Refresh { measurement, original_id, is_trial: false };
    activities::refresh(conn, id, refresh).await?;
    if let Some(streams) = streams {
        streams::put(conn, id, streams).await?;
    }
    Ok(())
}
