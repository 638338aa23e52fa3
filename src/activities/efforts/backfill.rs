//! Backfill after an upgrade: searches streams that an older version of the search has stored, and
//! notes what was recorded.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio::runtime;
use uuid::Uuid;

use super::{Effort, store};
use crate::{
    activities::{RecordedData, note_recorded_data, series::Streams},
    db::Connector,
    error::{ApiError, ApiResult},
    jobs::Stopping,
    priority::{Requests, yield_to},
};

/// Pause before a retry when the database is unavailable.
const PAUSE: Duration = Duration::from_secs(10);

/// Maximum number of ids in memory.
const BATCH: i64 = 1000;

/// Starts a thread that searches all outdated streams and then ends. If the server stops before
/// that, the next start continues.
pub fn start(connector: Connector, stopping: Stopping, requests: Requests) {
    let searching = std::thread::Builder::new().name("efforts".to_owned()).spawn(move || {
        yield_to(&requests);
        let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(error.cause = %error, "cannot start the runtime that computes best efforts");
                return;
            }
        };
        while !stopping.has_begun() {
            match runtime.block_on(search(&connector, &stopping)) {
                Ok(0) => break,
                Ok(found) => tracing::info!(activities = found, "computed best efforts"),
                Err(error) => {
                    tracing::warn!(error.cause = ?error.cause, "cannot compute best efforts; trying again later");
                    std::thread::sleep(PAUSE);
                }
            }
        }
    });
    if let Err(error) = searching {
        tracing::error!(error.cause = %error, "cannot start the thread that computes best efforts");
    }
}

/// Notes the files that an older version stored, in batches, because a log may have millions.
async fn note_originals(conn: &AsyncPgConnection, stopping: &Stopping) -> ApiResult<()> {
    let mut last = Uuid::nil();
    loop {
        let unnoted = store::unnoted_originals(conn, last, BATCH).await?;
        let Some(id) = unnoted.last() else { return Ok(()) };
        last = *id;
        for activity_id in unnoted {
            if stopping.has_begun() {
                return Ok(());
            }
            note_recorded_data(conn, activity_id).await?;
        }
    }
}

/// Searches all outdated streams; returns for how many activities.
async fn search(connector: &Connector, stopping: &Stopping) -> ApiResult<u64> {
    let mut conn = connector.connect().await.map_err(ApiError::database_unavailable)?;
    note_originals(&conn, stopping).await?;
    let mut searched = 0;
    while !stopping.has_begun() {
        let Some((activity_id, data)) = store::next_outdated(&conn).await? else { break };
        let found = Streams::unpack(&data).map(|streams| {
            let series = streams.series.iter().map(|(series, _)| *series);
            (Effort::all_of(&streams), RecordedData::of(series))
        });
        // Streams that cannot be unpacked have no efforts. They are marked, so that they
        // are not retried forever.
        let (efforts, recorded) = found.unwrap_or_else(|error| {
            tracing::warn!(activity.id = %activity_id, error.cause = ?error.cause, "cannot unpack the streams; the activity gets no best efforts");
            Default::default()
        });
        let kept = conn.transaction::<_, ApiError, _>(async |conn| {
            if store::mark(conn, activity_id, &recorded).await? {
                store::replace(conn, activity_id, &efforts).await?;
            }
            Ok(())
        });
        if let Err(error) = kept.await {
            store::give_back(&conn, activity_id).await?;
            return Err(error);
        }
        searched += 1;
    }
    Ok(searched)
}
