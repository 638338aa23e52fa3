//! The resources of each client, and how much of them is in use.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, time::timeout};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode};

/// The maximum number of one client's requests that wait for its other requests.
const MAX_WAITING: usize = 256;

/// The maximum total size of one client's request bodies. A single body that may be
/// larger takes all of it.
pub const MAX_BODY_KIB: u32 = 8192;

/// The maximum number of one client's concurrent point reads. They delay other clients, because all
/// point reads share a connection.
const POINT_READS: u32 = 16;

/// A point read takes one more unit for each multiple of this size in the client's last response.
const BYTES_OF_A_READ: u64 = 16 * 1024;

/// The maximum number of streamed responses of all clients. Each uses up to a few
/// megabytes of memory.
const STREAMS_OF_ALL: usize = 16;

/// The `Retry-After` of a client that was rejected, in seconds.
const RETRY_SECS: u32 = 2;

/// The client whose requests share an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    User(Uuid),
    Address(IpAddr),
    /// All viewers of this user's shares.
    ViewersOf(Uuid),
}

/// The maximum number of one client's long polls and event streams.
pub const FOLLOWERS: usize = 16;

/// The resources that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Connections of the pool that the client's requests hold.
    Connection,
    /// Statements in progress on the shared connections.
    PointRead,
    /// KiB of response bodies in memory that the client has not read yet.
    UnreadKib,
    /// KiB of request bodies that are being received or processed.
    BodyKib,
    /// Uploads that are being received.
    Upload,
    /// Responses that are streamed to the client, and reads of stored streams.
    Stream,
    /// Pictures that are waiting to be drawn.
    Picture,
    /// Long polls and event streams.
    Follower,
}

/// What one client has left of each resource.
#[derive(Debug)]
pub struct Allowance {
    connections: Semaphore,
    point_reads: Semaphore,
    unread_kib: Semaphore,
    body_kib: Semaphore,
    uploads: Semaphore,
    streams: Semaphore,
    pictures: Semaphore,
    followers: Semaphore,
    waiting: AtomicUsize,
    /// The number of units that a point read of this client takes.
    read_weight: AtomicU32,
}

/// Part of a client's allowance, returned when dropped.
#[derive(Debug)]
pub struct Permit {
    allowance: Arc<Allowance>,
    resource: Resource,
    amount: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            connections: Semaphore::new(4),
            point_reads: Semaphore::new(POINT_READS as usize),
            unread_kib: Semaphore::new(4096),
            body_kib: Semaphore::new(MAX_BODY_KIB as usize),
            uploads: Semaphore::new(4),
            streams: Semaphore::new(2),
            pictures: Semaphore::new(4),
            followers: Semaphore::new(FOLLOWERS),
            waiting: AtomicUsize::new(0),
            read_weight: AtomicU32::new(1),
        }
    }
}

impl Allowance {
    fn of(&self, resource: Resource) -> &Semaphore {
        match resource {
            Resource::Connection => &self.connections,
            Resource::PointRead => &self.point_reads,
            Resource::UnreadKib => &self.unread_kib,
            Resource::BodyKib => &self.body_kib,
            Resource::Upload => &self.uploads,
            Resource::Stream => &self.streams,
            Resource::Picture => &self.pictures,
            Resource::Follower => &self.followers,
        }
    }

    /// Takes `amount` of `resource`. 503 `busy` after `wait`, 429 `rate_limited` if too many
    /// requests already wait.
    pub async fn take(
        self: &Arc<Self>,
        resource: Resource,
        amount: u32,
        wait: Duration,
    ) -> ApiResult<Permit> {
        match self.try_take(resource, amount) {
            Some(permit) => Ok(permit),
            None => {
                self.wait_for(resource, amount, wait).await?;
                Ok(self.issue(resource, amount as usize))
            }
        }
    }

    /// Takes `amount` of `resource`, if that much is left.
    pub fn try_take(self: &Arc<Self>, resource: Resource, amount: u32) -> Option<Permit> {
        self.of(resource).try_acquire_many(amount).ok()?.forget();
        Some(self.issue(resource, amount as usize))
    }

    /// Waits until the client has read enough of its responses. Errors as [`Allowance::take`].
    pub async fn admit(&self, wait: Duration) -> ApiResult<()> {
        if self.of(Resource::UnreadKib).available_permits() == 0 {
            self.wait_for(Resource::UnreadKib, 1, wait).await?;
            self.of(Resource::UnreadKib).add_permits(1);
        }
        Ok(())
    }

    /// Takes the units for a point read. A client whose last responses were large gets fewer
    /// concurrent reads, because large rows occupy the shared connection. Errors as
    /// [`Allowance::take`].
    pub async fn read(self: &Arc<Self>, wait: Duration) -> ApiResult<Permit> {
        self.take(Resource::PointRead, self.read_weight.load(Relaxed), wait).await
    }

    /// Adjusts the weight of point reads to the size of a response. A large response raises it at
    /// once; each small one halves it.
    pub fn answered(&self, bytes: u64) {
        let weight = u32::try_from(bytes / BYTES_OF_A_READ).unwrap_or(u32::MAX).min(POINT_READS);
        let before = self.read_weight.load(Relaxed);
        self.read_weight.store(weight.max(before / 2).max(1), Relaxed);
    }

    /// Counts a response until it is read. If it is larger than what is left, it takes all of that.
    pub fn hold_unread(self: &Arc<Self>, bytes: usize) -> Permit {
        let taken = self.of(Resource::UnreadKib).forget_permits(bytes.div_ceil(1024));
        self.issue(Resource::UnreadKib, taken)
    }

    fn issue(self: &Arc<Self>, resource: Resource, amount: usize) -> Permit {
        Permit { allowance: Arc::clone(self), resource, amount }
    }

    /// Takes `amount` as soon as that much is left.
    async fn wait_for(&self, resource: Resource, amount: u32, wait: Duration) -> ApiResult<()> {
        let _waiting = Waiting::join(&self.waiting)?;
        match timeout(wait, self.of(resource).acquire_many(amount)).await {
            Ok(Ok(permit)) => {
                permit.forget();
                Ok(())
            }
            // Semaphores are never closed.
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.allowance.of(self.resource).add_permits(self.amount);
    }
}

/// Counts a waiting request until dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(count: &'a AtomicUsize) -> ApiResult<Self> {
        let waiting = Self(count);
        if count.fetch_add(1, Relaxed) >= MAX_WAITING {
            return Err(ApiError::rate_limited(RETRY_SECS));
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn busy() -> ApiError {
    ApiError::new(ErrorCode::Busy, "too many requests at once; try again")
}

/// The allowances of all active clients.
#[derive(Debug)]
pub struct FairUse {
    clients: Mutex<HashMap<Client, Weak<Allowance>>>,
    streams: Arc<Semaphore>,
}

impl Default for FairUse {
    fn default() -> Self {
        Self { clients: Mutex::default(), streams: Arc::new(Semaphore::new(STREAMS_OF_ALL)) }
    }
}

impl FairUse {
    /// The allowance of `client`, common to all its requests.
    pub fn allowance(&self, client: Client) -> Arc<Allowance> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let known = clients.entry(client).or_default();
        known.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Allowance::default());
            *known = Arc::downgrade(&new);
            new
        })
    }

    /// Takes one of the streamed responses that all clients share. 503 `busy` after `wait`.
    pub async fn stream_of_all(
        &self,
        wait: Duration,
    ) -> ApiResult<tokio::sync::OwnedSemaphorePermit> {
        let permit = timeout(wait, Arc::clone(&self.streams).acquire_owned()).await;
        permit.map_err(|_| busy())?.map_err(ApiError::internal)
    }

    /// Removes the allowances of inactive clients.
    pub fn purge(&self) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|_, allowance| allowance.strong_count() > 0);
    }
}

#[cfg(test)]
mod tests;
