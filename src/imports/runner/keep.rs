//! Keeping what was read of a file: activities, streams, original and outcome, all of it or nothing.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Parts, row};
use crate::{
    activities::{
        self, batch, merging,
        originals::{self, NewOriginal},
        streams,
    },
    error::{ApiError, ApiResult},
    imports::{
        store::{self, Claimed, NewFile},
        types::Outcome,
    },
    recordings::{Recording, Refusal},
};

/// Where a file stands in its import.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub claimed: &'a Claimed,
    pub number: i32,
    pub name: &'a str,
}

/// False when the job is somebody else's by now, and nothing was kept.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    parts: &Parts,
    source: Source<'_>,
    read: Result<(Vec<u8>, Recording), Refusal>,
) -> ApiResult<bool> {
    let Source { claimed, number, name } = source;
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, claimed, parts.config.lease).await? {
                return Ok(None);
            }
            let (outcome, refusal, activity_ids) = match &read {
                Ok((content, recording)) => {
                    let (outcome, ids) = keep_recording(conn, source, content, recording).await?;
                    (outcome, None, ids)
                }
                Err(refusal) => (Outcome::Refused, Some(refusal), Vec::new()),
            };
            let new = if outcome == Outcome::Imported { activity_ids.len() } else { 0 };
            let file = NewFile {
                import_id: claimed.id,
                number,
                name,
                outcome: outcome.to_string(),
                code: refusal.map(|refusal| refusal.reason.to_string()),
                message: refusal.map(|refusal| &*refusal.message),
                activity_ids,
            };
            store::add_file(conn, &file).await?;
            Ok(Some((outcome, new)))
        })
        .await?;
    if let Some((outcome, new)) = kept {
        parts.metrics.files.with_label_values(&[outcome.to_string()]).inc();
        parts.metrics.activities_created.inc_by(u64::try_from(new).unwrap_or_default());
    }
    Ok(kept.is_some())
}

async fn keep_recording(
    conn: &AsyncPgConnection,
    Source { claimed, name, .. }: Source<'_>,
    content: &[u8],
    recording: &Recording,
) -> ApiResult<(Outcome, Vec<Uuid>)> {
    // What is looked for and not found is not there until this ends.
    batch::lock_names(conn, claimed.user_id).await?;
    let sha256 = Sha256::digest(content);
    let known = originals::activities_of(conn, claimed.user_id, &sha256).await?;
    if !known.is_empty() {
        return Ok((Outcome::Duplicate, known));
    }
    let original = NewOriginal {
        user_id: claimed.user_id,
        sha256: &sha256,
        file_name: original_name(name),
        bytes: i64::try_from(content.len()).map_err(ApiError::internal)?,
        content,
    };
    let original_id = originals::insert(conn, &original).await?;
    // Of several sessions, one that is new makes the file a new one.
    let mut outcome = Outcome::Merged;
    let mut ids = Vec::with_capacity(recording.sessions.len());
    for session in &recording.sessions {
        let mut row = row::of(session, claimed.user_id, original_id, ids.first().copied())?;
        let (what, distance) =
            ((row.started_at, row.duration_secs), session.totals.distance_meters);
        let same = merging::find_same(conn, claimed.user_id, what, distance, original_id).await?;
        row.merged_into = same;
        let id = activities::insert_imported(conn, row).await?;
        if let Some(packed) = row::streams(session).pack()? {
            streams::insert(conn, id, &packed).await?;
        }
        if let Some(shown) = same {
            merging::merge(conn, shown, id).await?;
        }
        outcome = if same.is_none() { Outcome::Imported } else { outcome };
        ids.push(same.unwrap_or(id));
    }
    Ok((outcome, ids))
}

/// The name of what was in the archive, unpacked.
fn original_name(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.strip_suffix(".gz").unwrap_or(name)
}
