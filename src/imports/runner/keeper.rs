//! Packs and stores files on a separate thread: one file is stored while the next one is read.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, Scope},
};

use diesel_async::AsyncPgConnection;
use tokio::runtime;

use super::{
    ImportContext,
    keep::{self, ReadFile},
    refusals::Sum,
    stop::JobEnd,
};
use crate::{
    error::{ApiError, ApiResult},
    imports::store::ClaimedImport,
    priority::{yield_to, yields_to},
};

/// What to store.
pub enum Order {
    /// A file, and how many bytes may be stored.
    File(Box<ReadFile>, u64),
    /// Summed-up refusals, and how many files have an outcome with them.
    Sums(Vec<Sum>, i32),
}

/// How many bytes were stored. `None` if the job was cancelled or taken over, so
/// that nothing was stored.
type StoreResult = Result<Option<u64>, JobEnd>;

/// The handle of the thread, which ends when this is dropped.
pub struct Keeper {
    orders: SyncSender<Order>,
    kept: Receiver<StoreResult>,
    is_working: bool,
}

impl Keeper {
    /// Starts the thread, which opens its own connection. Fails if the system
    /// cannot start a thread.
    pub fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        parts: &'scope ImportContext,
        claimed: &'scope ClaimedImport,
    ) -> io::Result<Self> {
        let (orders, to_keep) = sync_channel(1);
        let (tell, kept) = sync_channel(1);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let requests = yields_to();
        Builder::new().name("imports-keep".to_owned()).spawn_scoped(scope, move || {
            requests.iter().for_each(yield_to);
            // Opened while the first file is read. If that fails, it is tried again.
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

    /// Starts to store something. Whatever came before must have been settled.
    pub fn begin(&mut self, order: Order) {
        // If the thread has ended, `settle` reports it.
        self.is_working = true;
        let _ = self.orders.send(order);
    }

    /// Waits until it is stored; returns the number of bytes. Fails as [`keep::keep`] does, and
    /// with [`JobEnd::Lost`] if the job was cancelled or taken over.
    pub fn settle(&mut self) -> Result<u64, JobEnd> {
        if !std::mem::take(&mut self.is_working) {
            return Ok(0);
        }
        let kept = self.kept.recv().map_err(ApiError::internal)?;
        kept?.ok_or(JobEnd::Lost)
    }
}

async fn connect(parts: &ImportContext) -> ApiResult<AsyncPgConnection> {
    let connector = parts.connector.clone().with_generic_plans();
    connector.connect().await.map_err(ApiError::database_unavailable)
}

async fn keep(
    conn: &mut Option<AsyncPgConnection>,
    parts: &ImportContext,
    claimed: &ClaimedImport,
    order: Order,
) -> StoreResult {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(connect(parts).await?),
    };
    match order {
        Order::File(file, room) => keep::keep(conn, parts, claimed, *file, room).await,
        Order::Sums(sums, done) => {
            let is_ours = keep::sum_up(conn, parts, claimed, done, &sums).await?;
            Ok(is_ours.then_some(0))
        }
    }
}
