//! Stores what was read of a file together with its outcome, all or nothing.

use std::borrow::Cow;

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{ImportContext, refusals::Sum, stop::JobEnd};
use crate::{
    account_export::format::ExportedProfile,
    activities::UploadDetails,
    error::{ApiError, ApiResult},
    imports::{
        ingest::{
            self, ImportItem, IngestContext, OnKnown, Packed, StoreResult,
            restore::{self, Restored},
        },
        store::{self, ClaimedImport, NewFile},
        types::Outcome,
    },
    recordings::{Point, Refusal},
};

/// Bytes of a file in memory from which on it is stored before the next one is read.
const LARGE: usize = 4 * 1024 * 1024;

/// What was read of a file, with warnings about what is damaged or missing in it.
pub struct Parsed {
    content: Content,
    warnings: Vec<Cow<'static, str>>,
}

/// The content of a file.
pub enum Content {
    Recorded(ImportItem),
    Restored(Box<Restored>),
    Profile(ExportedProfile),
}

impl Parsed {
    pub fn new(content: Content, warnings: Vec<Cow<'static, str>>) -> Self {
        Self { content, warnings }
    }

    pub fn recorded(material: ImportItem, warnings: Vec<Cow<'static, str>>) -> Self {
        Self::new(Content::Recorded(material), warnings)
    }

    /// Adds warnings before the existing ones.
    pub fn with_warnings(mut self, more: Vec<String>) -> Self {
        self.warnings.splice(0..0, more.into_iter().map(Cow::from));
        self
    }

    /// Adds what the client says about the activity.
    pub fn described(mut self, details: Option<UploadDetails>) -> Self {
        if let Content::Recorded(material) = &mut self.content {
            material.details = details.unwrap_or_default();
        }
        self
    }

    fn warning(&self) -> Option<String> {
        Some(self.warnings.join("; ")).filter(|warning| !warning.is_empty())
    }
}

/// A file that was read.
pub struct ReadFile {
    /// Its number in the import.
    pub number: i32,
    pub name: String,
    pub brought: Result<Parsed, Refusal>,
}

impl ReadFile {
    /// Whether it takes so much memory that no other file should be read until it is stored.
    pub fn is_large(&self) -> bool {
        let Ok(Content::Recorded(material)) = self.brought.as_ref().map(|read| &read.content)
        else {
            return false;
        };
        let points: usize = material.sessions.iter().map(|one| one.track.points.len()).sum();
        let file = material.original.as_ref().map_or(0, |(_, file)| file.data.len());
        points * size_of::<Point>() + file > LARGE
    }

    /// Packs the streams, which takes some milliseconds of CPU time; returns them and the
    /// approximate bytes to be stored. Little of the file is left in memory.
    fn pack(&mut self) -> ApiResult<(Packed, u64)> {
        Ok(match self.brought.as_mut().map(|read| &mut read.content) {
            Ok(Content::Recorded(material)) => {
                let packed = ingest::pack(material)?;
                let bytes = packed.bytes;
                material.sessions.iter_mut().for_each(|session| session.track.free_points());
                material.original.iter_mut().for_each(|(_, file)| file.free_content());
                (packed, bytes)
            }
            Ok(Content::Restored(restored)) => {
                restored.original.iter_mut().for_each(|(_, file)| file.free_content());
                (Packed::default(), restored.bytes())
            }
            Ok(Content::Profile(_)) | Err(_) => (Packed::default(), 0),
        })
    }
}

/// Stores a file with its outcome; returns the number of bytes. `None` if the job was cancelled or
/// taken over, so that nothing was stored. Fails with [`JobEnd::Bomb`] if the file has more bytes
/// than `room`.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    parts: &ImportContext,
    claimed: &ClaimedImport,
    mut file: ReadFile,
    room: u64,
) -> Result<Option<u64>, JobEnd> {
    let (packed, bytes) = file.pack()?;
    if bytes > room {
        return Err(JobEnd::Bomb);
    }
    let ReadFile { number, name, brought } = file;
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, claimed, parts.config.lease, number + 1).await? {
                return Ok(None);
            }
            let into = IngestContext { conn, user_id: claimed.user_id, storage: &parts.storage };
            let content = brought.as_ref().map(|brought| &brought.content);
            let (refusal, StoreResult { outcome, activity_ids, new }) = match content {
                Ok(Content::Recorded(material)) => {
                    let kept = ingest::store(into, material, &packed, OnKnown::Leave).await?;
                    // The archive of a service may know more about a file than the file itself.
                    if let (Outcome::Duplicate, Some(_), [id], [session]) =
                        (kept.outcome, &material.name, &*kept.activity_ids, &*material.sessions)
                    {
                        ingest::fill(into, *id, session).await?;
                    }
                    (None, kept)
                }
                Ok(Content::Restored(restored)) => {
                    (None, restore::activity(into, restored, claimed.created_at).await?)
                }
                Ok(Content::Profile(profile)) => (None, restore::profile(into, profile).await?),
                Err(refusal) => (
                    Some(refusal),
                    StoreResult { outcome: Outcome::Refused, activity_ids: Vec::new(), new: 0 },
                ),
            };
            let warning = brought.as_ref().ok().and_then(Parsed::warning);
            let file = NewFile {
                import_id: claimed.id,
                number,
                name: &name,
                outcome: outcome.to_string(),
                code: refusal.map(|refusal| refusal.reason.to_string()),
                message: refusal.map(|refusal| &*refusal.message),
                activity_ids,
                files: 1,
                warning: warning.as_deref(),
            };
            store::add_file(conn, &file).await?;
            Ok(Some((outcome, new)))
        })
        .await?;
    let Some((outcome, new)) = kept else { return Ok(None) };
    parts.metrics.files.with_label_values(&[outcome.to_string()]).inc();
    parts.metrics.activities_created.inc_by(new);
    Ok(Some(if outcome == Outcome::Duplicate { 0 } else { bytes }))
}

/// Stores the summed-up outcomes of refused files, with which the first `done` files have an
/// outcome. False if the job was cancelled or taken over.
pub async fn sum_up(
    conn: &mut AsyncPgConnection,
    parts: &ImportContext,
    claimed: &ClaimedImport,
    done: i32,
    sums: &[Sum],
) -> ApiResult<bool> {
    let outcome = Outcome::Refused.to_string();
    let is_ours = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, claimed, parts.config.lease, done).await? {
                return Ok(false);
            }
            for Sum { row, name, refusal, files } in sums {
                let file = NewFile {
                    import_id: claimed.id,
                    number: *row,
                    name,
                    outcome: outcome.clone(),
                    code: Some(refusal.reason.to_string()),
                    message: Some(&refusal.message),
                    activity_ids: Vec::new(),
                    files: *files,
                    warning: None,
                };
                store::add_files(conn, &file).await?;
            }
            Ok(true)
        })
        .await?;
    if is_ours {
        let files = sums.iter().map(|sum| u64::try_from(sum.files).unwrap_or_default()).sum();
        parts.metrics.files.with_label_values(&[outcome]).inc_by(files);
    }
    Ok(is_ours)
}
