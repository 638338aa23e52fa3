//! Keeps files on a thread of its own: one is kept while the next one is read.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, Scope},
};

use diesel_async::AsyncPgConnection;
use tokio::runtime;

use super::{
    Parts,
    keep::{self, ReadFile},
    refusals::Sum,
    stop::Stop,
};
use crate::{
    error::{ApiError, ApiResult},
    imports::store::Claimed,
};

/// What is to be kept.
pub enum Order {
    File(Box<ReadFile>),
    /// Refusals that are summed up, and how many files have an outcome with them.
    Sums(Vec<Sum>, i32),
}

/// How many bytes were kept. `None` when the job is somebody else's by now, and nothing was.
type Kept = Result<Option<u64>, Stop>;

/// The thread's other end. The thread ends when this is dropped.
pub struct Keeper {
    orders: SyncSender<Order>,
    kept: Receiver<Kept>,
    is_working: bool,
}

impl Keeper {
    /// Starts the thread, which opens a connection of its own. Fails where the system has no
    /// thread.
    pub fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        parts: &'scope Parts,
        claimed: &'scope Claimed,
    ) -> io::Result<Self> {
        let (orders, to_keep) = sync_channel(1);
        let (tell, kept) = sync_channel(1);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        Builder::new().name("imports-keep".to_owned()).spawn_scoped(scope, move || {
            // Opened while the first file is read; where that fails, it is tried again.
            let mut conn = runtime.block_on(connect(parts)).ok();
            for order in to_keep {
                let kept = runtime.block_on(keep(&mut conn, parts, claimed, order));
                if tell.send(kept).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { orders, kept, is_working: false })
    }

    /// Begins to keep something. What came before must have been waited for.
    pub fn begin(&mut self, order: Order) {
        // Whether the thread has ended, settling tells.
        self.is_working = true;
        let _ = self.orders.send(order);
    }

    /// Waits until it is kept; how many bytes that were. Fails as [`keep::keep`] does, and with
    /// [`Stop::Lost`] when the job is somebody else's by now.
    pub fn settle(&mut self) -> Result<u64, Stop> {
        if !std::mem::take(&mut self.is_working) {
            return Ok(0);
        }
        let kept = self.kept.recv().map_err(ApiError::internal)?;
        kept?.ok_or(Stop::Lost)
    }
}

async fn connect(parts: &Parts) -> ApiResult<AsyncPgConnection> {
    let connector = parts.connector.clone().with_generic_plans();
    connector.connect().await.map_err(ApiError::database_unavailable)
}

async fn keep(
    conn: &mut Option<AsyncPgConnection>,
    parts: &Parts,
    claimed: &Claimed,
    order: Order,
) -> Kept {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(connect(parts).await?),
    };
    match order {
        Order::File(file) => keep::keep(conn, parts, claimed, *file).await,
        Order::Sums(sums, done) => {
            let is_ours = keep::sum_up(conn, parts, claimed, done, &sums).await?;
            Ok(is_ours.then_some(0))
        }
    }
}
