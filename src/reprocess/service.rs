//! Business rules of reprocessing.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::{
    matching::pair,
    reading::{self, Reread},
    report::{Changed, Report},
    store::{self, Made},
};
use crate::{
    activities::{self, ANY, Activity, Measurement, Refresh, originals::Storage, series, streams},
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    imports::ingest::{self, IngestContext},
    recordings::Session,
    state::WorkerState,
};

/// The source whose files contain only a part of the activity: the route of a workout.
const ROUTES: &str = "apple";

/// Which activities of a file are changed, and whether it is a dry run.
#[derive(Clone, Copy)]
pub struct Scope {
    /// This activity and the records merged into it; `None` for all activities.
    pub only: Option<Uuid>,
    pub is_trial: bool,
}

/// Reads the files of an activity again, and of the records merged into it; returns a report
/// for each. Errors: 409 `no_original` if there is no file; 409 `original_refused` if the
/// current readers refuse one.
pub async fn reprocess(
    state: &WorkerState,
    storage: &Storage,
    identity: Identity,
    id: Uuid,
) -> ApiResult<(Activity, Vec<Report>)> {
    activities::get_one(state, identity, id).await?;
    let files = store::files_of(&*state.pool.get().await?, identity.user_id, id).await?;
    let mut rereads = Vec::new();
    for mut file in files {
        let content = storage.content(identity.user_id, file.original()).await?;
        let read = move || reading::read_within_bounds(&content);
        let reread = state.thread_pool.run(read).await?;
        let reread = reread.map_err(|refusal| {
            let message = format!("its file is no longer accepted: {}", refusal.message);
            ApiError::new(ErrorCode::OriginalRefused, message)
        })?;
        rereads.push((file.id, reread));
    }
    let scope = Scope { only: Some(id), is_trial: false };
    let user_id = identity.user_id;
    let mut conn = state.pool.get().await?;
    let transaction = conn.transaction::<_, ApiError, _>(async |conn| {
        identity.confirm(conn).await?;
        let mut reports = Vec::new();
        for (original_id, reread) in &rereads {
            let into = IngestContext { conn, user_id, storage };
            reports.push(apply(into, *original_id, reread, scope).await?);
        }
        if reports.iter().any(|report| report.left.is_empty()) {
            return Ok(reports);
        }
        let message = "no single file contains the whole activity";
        Err(ApiError::new(ErrorCode::NoOriginal, message))
    });
    let reports = transaction.await?;
    Ok((activities::get_one(state, identity, id).await?, reports))
}

/// Updates the activities of a file to what it contains now, in the caller's transaction. If it was
/// read as one activity and has several, new activities are created.
pub async fn apply(
    into: IngestContext<'_>,
    original_id: Uuid,
    reread: &Reread,
    scope: Scope,
) -> ApiResult<Report> {
    let IngestContext { conn, user_id, .. } = into;
    let mut report = Report { warnings: reread.warnings.clone(), ..Report::default() };
    activities::lock_names(conn, user_id).await?;
    let made = store::made_of(conn, user_id, original_id).await?;
    let starts: Vec<_> = made.iter().map(|one| one.started_at).collect();
    let begins: Vec<_> = reread.sessions.iter().map(|session| session.started_at).collect();
    let paired = pair(&starts, &begins);
    let is_wanted =
        |one: &Made| scope.only.is_none_or(|only| one.id == only || one.merged_into == Some(only));
    for (one, place) in made.iter().zip(&paired).filter(|(one, _)| is_wanted(one)) {
        let session = place.and_then(|at| reread.sessions.get(at).zip(reread.streams.get(at)));
        let Some((session, packed)) = session else {
            report.left.push((one.id, "its file no longer contains it"));
            continue;
        };
        if one.source == ROUTES && !reread.is_posted {
            report.left.push((one.id, "only its route was stored"));
            continue;
        }
        let changed = renew(into, one, (session, packed.as_ref()), reread, scope).await?;
        if changed.fields.is_empty() && changed.values.is_none() {
            report.unchanged += 1;
        } else {
            report.changed.push(changed);
        }
    }
    let was_within = |session: &Session| {
        let spans = made.iter().filter(|one| is_wanted(one)).map(|one| {
            let end = one.started_at + TimeDelta::seconds(one.span_secs.into());
            one.started_at..=end
        });
        spans.into_iter().any(|span| span.contains(&session.started_at))
    };
    for (at, (session, packed)) in reread.sessions.iter().zip(&reread.streams).enumerate() {
        if paired.contains(&Some(at)) || !was_within(session) {
            continue;
        }
        let id = if scope.is_trial {
            None
        } else {
            Some(ingest::add(into, session, packed.as_ref(), original_id).await?)
        };
        report.added.push(Changed {
            id,
            activity_type: session.activity_type.to_owned(),
            started_at: session.started_at,
            fields: Default::default(),
            values: None,
        });
    }
    Ok(report)
}

/// Measures one activity again.
async fn renew(
    IngestContext { conn, .. }: IngestContext<'_>,
    one: &Made,
    (session, packed): (&Session, Option<&streams::PackedStreams>),
    reread: &Reread,
    scope: Scope,
) -> ApiResult<Changed> {
    let is_authority = one.source == "import" || reread.is_posted;
    let is_unsure = match &one.edited {
        Some(edited) => edited.iter().any(|field| field == ANY),
        None => one.was_changed,
    };
    let measurement = if is_unsure {
        // It is unknown which of its values a person wrote.
        Measurement::default()
    } else {
        ingest::measurement(session, is_authority)?
    };
    let refresh =
        Refresh { measurement: &measurement, original_id: None, is_trial: scope.is_trial };
    let changes = activities::refresh(conn, one.id, refresh).await?;
    let fields = serde_json::from_str(changes.as_str()).map_err(ApiError::internal)?;
    let mut changed = Changed {
        id: Some(one.id),
        activity_type: one.activity_type.clone(),
        started_at: one.started_at,
        fields,
        values: None,
    };
    let before = streams::own(conn, one.id).await?;
    let is_same = match (&before, packed) {
        (Some(before), Some(packed)) => packed.is(before)?,
        (None, None) => true,
        // The streams may come from other files.
        (Some(_), None) => !is_authority,
        (None, Some(_)) => false,
    };
    if !is_same {
        let count = |data: Vec<u8>| series::Streams::unpack(&data).map(|found| found.filled());
        let was = before.map(count).transpose()?.unwrap_or(0);
        changed.values = Some((was, packed.map_or(0, streams::PackedStreams::filled)));
        if !scope.is_trial {
            match packed {
                Some(packed) => streams::put(conn, one.id, packed).await?,
                None => streams::delete(conn, one.id).await?,
            }
            if changed.fields.is_empty() {
                activities::touch(conn, one.merged_into.unwrap_or(one.id)).await?;
            }
        }
    }
    Ok(changed)
}
