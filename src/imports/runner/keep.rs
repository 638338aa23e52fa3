//! Keeping what was read of a file, and its outcome, all of it or nothing.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Parts;
use crate::{
    error::{ApiError, ApiResult},
    imports::{
        intake::{
            self, Intake, Kept, Material, OnKnown, Packed,
            restore::{self, Restored},
        },
        store::{self, Claimed, NewFile},
        types::Outcome,
    },
    recordings::Refusal,
    takeout::format::ExportedProfile,
};

/// What a file turned out to be.
pub enum Brought {
    Recorded(Material),
    Restored(Box<Restored>),
    Profile(ExportedProfile),
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
    brought: Result<Brought, Refusal>,
) -> ApiResult<bool> {
    let Source { claimed, number, name } = source;
    let packed = match &brought {
        Ok(Brought::Recorded(material)) => intake::pack(material)?,
        _ => Packed::default(),
    };
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, claimed, parts.config.lease).await? {
                return Ok(None);
            }
            let into = Intake { conn, user_id: claimed.user_id, storage: &parts.storage };
            let (refusal, Kept { outcome, activity_ids, new }) = match &brought {
                Ok(Brought::Recorded(material)) => {
                    (None, intake::keep(into, material, &packed, OnKnown::Leave).await?)
                }
                Ok(Brought::Restored(restored)) => (None, restore::activity(into, restored).await?),
                Ok(Brought::Profile(profile)) => (None, restore::profile(into, profile).await?),
                Err(refusal) => (
                    Some(refusal),
                    Kept { outcome: Outcome::Refused, activity_ids: Vec::new(), new: 0 },
                ),
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
