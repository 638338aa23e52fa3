//! Taking in what was recorded elsewhere, wherever it comes from: activities, streams and original, unless they
//! are there.

pub mod restore;
mod row;

pub use row::title;

use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::types::Outcome;
use crate::{
    activities::{
        self, batch, merging,
        originals::{self, NewOriginal, Storage},
        streams,
    },
    error::ApiResult,
    recordings::Session,
};

/// A file's name and content.
pub type File = (String, Vec<u8>);

/// What is to be kept.
pub struct Material {
    pub original: Option<File>,
    pub sessions: Vec<Session>,
    /// What its source calls it: the source, and the name there.
    pub name: Option<(&'static str, String)>,
}

/// The streams of a material's sessions, as they are kept.
#[derive(Default)]
pub struct Packed(Vec<Option<streams::Kept>>);

/// Packs what was measured, which takes a processor some milliseconds: before the transaction that keeps it, whose locks
/// others wait for.
pub fn pack(material: &Material) -> ApiResult<Packed> {
    let packed = material.sessions.iter().map(|session| streams::Kept::of(&row::streams(session)));
    packed.collect::<ApiResult<_>>().map(Packed)
}

/// What is done with what has a name that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnKnown {
    Leave,
    /// What was measured is measured anew; what its owner wrote stays.
    Refresh,
}

/// What became of it.
pub struct Kept {
    pub outcome: Outcome,
    /// Its activities, or those that they stand behind.
    pub activity_ids: Vec<Uuid>,
    /// How many of them are new.
    pub new: u64,
}

/// Whose log takes something in, in whose transaction, and where files are kept.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    pub conn: &'a AsyncPgConnection,
    pub user_id: Uuid,
    pub storage: &'a Storage,
}

/// Keeps `material` with its `packed` streams.
pub async fn keep(
    Intake { conn, user_id, storage }: Intake<'_>,
    material: &Material,
    packed: &Packed,
    on_known: OnKnown,
) -> ApiResult<Kept> {
    let Material { original, sessions, name } = material;
    // What is looked for and not found is not there until this ends.
    batch::lock_names(conn, user_id).await?;
    let sha256 = original.as_ref().map(|(_, content)| Sha256::digest(content));
    if let Some(sha256) = &sha256 {
        let known = originals::activities_of(conn, user_id, sha256).await?;
        if !known.is_empty() {
            return Ok(Kept { outcome: Outcome::Duplicate, activity_ids: known, new: 0 });
        }
    }
    let named = match name {
        Some((source, id)) => activities::named(conn, user_id, source, id).await?,
        None => None,
    };
    if let (Some((_, shown)), OnKnown::Leave) = (named, on_known) {
        return Ok(Kept { outcome: Outcome::Duplicate, activity_ids: vec![shown], new: 0 });
    }
    let mut original_id = None;
    if let (Some((file_name, content)), Some(sha256)) = (original, &sha256) {
        let new = NewOriginal { user_id, sha256, file_name, content };
        original_id = Some(storage.insert(conn, &new).await?);
    }
    let mut kept = Kept { outcome: Outcome::Merged, activity_ids: Vec::new(), new: 0 };
    let sessions: Vec<_> = sessions.iter().zip(&packed.0).collect();
    let mut sessions = sessions.as_slice();
    if let (Some((id, shown)), [(first, streams), others @ ..]) = (named, sessions) {
        remeasure(conn, id, (first, streams.as_ref()), original_id).await?;
        (kept.outcome, kept.activity_ids) = (Outcome::Updated, vec![shown]);
        // What was one until its file came may have several parts.
        sessions = if merging::has_parts(conn, id).await? { &[] } else { others };
    }
    for (session, streams) in sessions {
        let mut row = row::of(session, user_id, kept.activity_ids.first().copied())?;
        row.original_id = original_id;
        if let Some((source, id)) = name {
            row.source = (*source).to_owned();
            // A name is for one; the others are found by their parent.
            row.details.external_id =
                Some(Some(id.clone()).filter(|_| kept.activity_ids.is_empty()));
        }
        let what = (row.started_at, row.duration_secs, session.totals.distance_meters);
        let same = merging::find_same(conn, user_id, what, original_id).await?;
        row.merged_into = same;
        let id = activities::insert_imported(conn, row).await?;
        if let Some(streams) = streams {
            streams::put(conn, id, streams).await?;
        }
        match same {
            Some(shown) => {
                merging::merge(conn, user_id, shown, id).await?;
            }
            None => {
                // Of several sessions, one that is new makes the file a new one.
                if named.is_none() {
                    kept.outcome = Outcome::Imported;
                }
                kept.new += 1;
            }
        }
        kept.activity_ids.push(same.unwrap_or(id));
    }
    Ok(kept)
}

/// Measures an activity anew, in the caller's transaction; what its owner wrote stays.
pub async fn remeasure(
    conn: &AsyncPgConnection,
    id: Uuid,
    (session, streams): (&Session, Option<&streams::Kept>),
    original_id: Option<Uuid>,
) -> ApiResult<()> {
    activities::refresh(conn, id, row::measured(session)?, original_id).await?;
    if let Some(streams) = streams {
        streams::put(conn, id, streams).await?;
    }
    Ok(())
}
