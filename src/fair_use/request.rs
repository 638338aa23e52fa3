//! The current request, and what it takes of its client's allowance.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    net::IpAddr,
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::sync::OwnedSemaphorePermit;

use super::allowance::{Allowance, Client, FOLLOWERS, FairUse, MAX_BODY_KIB, Permit, Resource};
use crate::error::{ApiError, ApiResult};

/// How long a request waits for bodies, streams or pictures of the same client. Shorter than the
/// deadline of a request.
const PATIENCE: Duration = Duration::from_secs(15);

/// Bodies up to this size are not counted.
const SMALL_BODY: usize = 16 * 1024;

/// The `Retry-After` of a client with too many long polls or event streams, in seconds.
const FOLLOW_AGAIN_SECS: u32 = 5;

tokio::task_local! {
    static CURRENT: Rc<Request>;
}

/// A request that is being handled.
#[derive(Debug)]
pub struct Request {
    fair_use: Arc<FairUse>,
    address: IpAddr,
    client: Cell<Client>,
    allowance: RefCell<Option<Arc<Allowance>>>,
    is_admitted: Cell<bool>,
    /// Shared by all connections of this request, so that it does not wait for itself.
    connection: RefCell<Weak<Permit>>,
    body: RefCell<Option<Permit>>,
}

impl Request {
    /// A request that is not authenticated yet.
    pub fn new(fair_use: Arc<FairUse>, address: IpAddr) -> Rc<Self> {
        Rc::new(Self {
            fair_use,
            address,
            client: Cell::new(Client::Address(address)),
            allowance: RefCell::default(),
            is_admitted: Cell::default(),
            connection: RefCell::default(),
            body: RefCell::default(),
        })
    }

    /// The request that the current task handles, if any.
    pub fn current() -> Option<Rc<Self>> {
        CURRENT.try_with(Rc::clone).ok()
    }

    /// From now on, counts the current request against `client`.
    pub fn is_from(client: Client) {
        if let Some(request) = Self::current() {
            request.client.set(client);
            request.allowance.take();
            request.is_admitted.set(false);
        }
    }

    /// Runs `work` with this as the current request.
    pub async fn served_by<T>(self: Rc<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    /// Like [`served_by`](Self::served_by), for work that is not async.
    pub fn served_at_once<T>(self: Rc<Self>, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Records the size of the response, if the request has used the client's allowance.
    pub fn answered(&self, bytes: u64) {
        if let Some(allowance) = self.allowance.borrow().as_ref() {
            allowance.answered(bytes);
        }
    }

    /// Counts a response of `bytes` until it is read.
    pub fn hold_unread(&self, bytes: usize) -> Permit {
        self.allowance().hold_unread(bytes)
    }

    /// The client that owns the data, and the client that asks for it.
    pub fn parties(&self) -> (Client, Client) {
        match self.client.get() {
            owner @ Client::ViewersOf(_) => (owner, Client::Address(self.address)),
            client => (client, client),
        }
    }

    fn allowance(&self) -> Arc<Allowance> {
        let mut allowance = self.allowance.borrow_mut();
        let found = || self.fair_use.allowance(self.client.get());
        Arc::clone(allowance.get_or_insert_with(found))
    }

    /// Waits for unread responses of the client, once per request.
    async fn admitted(&self, wait: Duration) -> ApiResult<Arc<Allowance>> {
        let allowance = self.allowance();
        if !self.is_admitted.replace(true) {
            allowance.admit(wait).await?;
        }
        Ok(allowance)
    }
}

/// Takes the right to hold connections of the pool. Errors as `Allowance::take`; `None`
/// outside of requests.
pub async fn connection(wait: Duration) -> ApiResult<Option<Arc<Permit>>> {
    let Some(request) = Request::current() else { return Ok(None) };
    if let Some(held) = request.connection.borrow().upgrade() {
        return Ok(Some(held));
    }
    let allowance = request.admitted(wait).await?;
    let permit = Arc::new(allowance.take(Resource::Connection, 1, wait).await?);
    request.connection.replace(Arc::downgrade(&permit));
    Ok(Some(permit))
}

/// Takes the units for a point read. Errors as `Allowance::take`; `None` outside of requests.
pub async fn read(wait: Duration) -> ApiResult<Option<Permit>> {
    let Some(request) = Request::current() else { return Ok(None) };
    let allowance = request.admitted(wait).await?;
    allowance.read(wait).await.map(Some)
}

/// Takes the right to upload a file, until dropped. Errors as `Allowance::take`; `None`
/// outside of requests.
pub async fn upload() -> ApiResult<Option<Permit>> {
    let Some(request) = Request::current() else { return Ok(None) };
    request.allowance().take(Resource::Upload, 1, PATIENCE).await.map(Some)
}

/// Takes memory for a body of at most `bytes`, until the request ends. Errors as `Allowance::take`.
pub async fn body(bytes: usize) -> ApiResult<()> {
    let Some(request) = Request::current() else { return Ok(()) };
    if bytes > SMALL_BODY {
        let kib = u32::try_from(bytes.div_ceil(1024)).map_err(ApiError::internal)?;
        let kib = kib.min(MAX_BODY_KIB);
        let permit = request.allowance().take(Resource::BodyKib, kib, PATIENCE).await?;
        request.body.replace(Some(permit));
    }
    Ok(())
}

/// The right to read stored streams, or to stream a response, until dropped.
#[derive(Debug)]
pub struct Streaming {
    _own: Permit,
    _of_all: OwnedSemaphorePermit,
}

/// Takes a [`Streaming`]. Errors as `Allowance::take`; `None` outside of requests.
pub async fn stream() -> ApiResult<Option<Streaming>> {
    let Some(request) = Request::current() else { return Ok(None) };
    let own = request.allowance().take(Resource::Stream, 1, PATIENCE).await?;
    let of_all = request.fair_use.stream_of_all(PATIENCE).await?;
    Ok(Some(Streaming { _own: own, _of_all: of_all }))
}

/// Takes the right to have a picture drawn, both from the owner of the data and from the client
/// that asks. Errors as `Allowance::take`; `None` outside of requests.
pub async fn picture() -> ApiResult<Option<[Option<Permit>; 2]>> {
    let Some(request) = Request::current() else { return Ok(None) };
    let (owner, asker) = request.parties();
    let by_address = if owner == asker {
        None
    } else {
        Some(request.fair_use.allowance(asker).take(Resource::Picture, 1, PATIENCE).await?)
    };
    let of_owner = request.allowance().take(Resource::Picture, 1, PATIENCE).await?;
    Ok(Some([by_address, Some(of_owner)]))
}

/// Counts a long poll or an event stream until dropped. 429 `rate_limited` if the client has too
/// many; `None` outside of requests.
pub fn follow() -> ApiResult<Option<Permit>> {
    let Some(request) = Request::current() else { return Ok(None) };
    match request.allowance().try_take(Resource::Follower, 1) {
        Some(permit) => Ok(Some(permit)),
        None => Err(ApiError {
            message: format!(
                "you already have {FOLLOWERS} open long polls or event streams; close one first"
            )
            .into(),
            ..ApiError::rate_limited(FOLLOW_AGAIN_SECS)
        }),
    }
}
