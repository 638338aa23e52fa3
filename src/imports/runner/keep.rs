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
    recordings::{Refusal, Session},
};

/// What is to be kept.
pub struct Material {
    /// The file's name and content, if there is one.
    pub original: Option<(String, Vec<u8>)>,
    pub sessions: Vec<Session>,
    /// What its source calls it: the source, and the name there.
    pub name: Option<(&'static str, String)>,
}

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
    material: Result<Material, Refusal>,
) -> ApiResult<bool> {
    let Source { claimed, number, name } = source;
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, claimed, parts.config.lease).await? {
                return Ok(None);
            }
            let (refusal, (outcome, activity_ids, new)) = match &material {
                Ok(material) => (None, keep_material(conn, claimed, material).await?),
                Err(refusal) => (Some(refusal), (Outcome::Refused, Vec::new(), 0)),
            };
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
        parts.metrics.activities_created.inc_by(new);
    }
    Ok(kept.is_some())
}

/// What became of it, its activities, and how many of them are new.
async fn keep_material(
    conn: &AsyncPgConnection,
    claimed: &Claimed,
    Material { original, sessions, name }: &Material,
) -> ApiResult<(Outcome, Vec<Uuid>, u64)> {
    let user_id = claimed.user_id;
    // What is looked for and not found is not there until this ends.
    batch::lock_names(conn, user_id).await?;
    let sha256 = original.as_ref().map(|(_, content)| Sha256::digest(content));
    let mut known = match &sha256 {
        Some(sha256) => originals::activities_of(conn, user_id, sha256).await?,
        None => Vec::new(),
    };
    if let (true, Some((source, id))) = (known.is_empty(), name) {
        known = activities::named(conn, user_id, source, id).await?.into_iter().collect();
    }
    if !known.is_empty() {
        return Ok((Outcome::Duplicate, known, 0));
    }
    let mut original_id = None;
    if let (Some((file_name, content)), Some(sha256)) = (original, &sha256) {
        let new = NewOriginal {
            user_id,
            sha256,
            file_name,
            bytes: i64::try_from(content.len()).map_err(ApiError::internal)?,
            content,
        };
        original_id = Some(originals::insert(conn, &new).await?);
    }
    let (mut ids, mut new) = (Vec::with_capacity(sessions.len()), 0);
    for session in sessions {
        let mut row = row::of(session, user_id, ids.first().copied())?;
        row.original_id = original_id;
        if let Some((source, id)) = name {
            row.source = (*source).to_owned();
            // A name is for one; the others are found by their parent.
            row.details.external_id = Some(Some(id.clone()).filter(|_| ids.is_empty()));
        }
        let what = (row.started_at, row.duration_secs, session.totals.distance_meters);
        let same = merging::find_same(conn, user_id, what, original_id).await?;
        row.merged_into = same;
        let id = activities::insert_imported(conn, row).await?;
        if let Some(packed) = row::streams(session).pack()? {
            streams::insert(conn, id, &packed).await?;
        }
        match same {
            Some(shown) => {
                merging::merge(conn, shown, id).await?;
            }
            None => new += 1,
        }
        ids.push(same.unwrap_or(id));
    }
    // Of several sessions, one that is new makes the file a new one.
    let outcome = if new > 0 { Outcome::Imported } else { Outcome::Merged };
    Ok((outcome, ids, new))
}
