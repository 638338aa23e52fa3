//! The request that is being served, and what it takes of its client's allowance.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    net::IpAddr,
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::sync::OwnedSemaphorePermit;

use super::allowance::{Allowance, Client, FOLLOWERS, FairUse, Lent, MAX_BODY_KIB, Resource};
use crate::error::{ApiError, ApiResult};

/// How long a request waits for bodies, streams or pictures of the same client. Less than the
/// deadline.
const PATIENCE: Duration = Duration::from_secs(15);

/// Smaller bodies are not counted.
const SMALL_BODY: usize = 16 * 1024;

/// Seconds after which a client that follows too much may try again.
const FOLLOW_AGAIN_SECS: u32 = 5;

tokio::task_local! {
    static CURRENT: Rc<Request>;
}

/// See the module.
#[derive(Debug)]
pub struct Request {
    fair_use: Arc<FairUse>,
    address: IpAddr,
    client: Cell<Client>,
    allowance: RefCell<Option<Arc<Allowance>>>,
    is_admitted: Cell<bool>,
    /// A request that holds one connection and needs another does not wait for itself.
    connection: RefCell<Weak<Lent>>,
    body: RefCell<Option<Lent>>,
}

impl Request {
    /// A request of which only the address is known.
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

    /// The request that the caller serves, if it serves one.
    pub fn current() -> Option<Rc<Self>> {
        CURRENT.try_with(Rc::clone).ok()
    }

    /// From now on the present request uses what `client` may use.
    pub fn is_from(client: Client) {
        if let Some(request) = Self::current() {
            request.client.set(client);
            request.allowance.take();
            request.is_admitted.set(false);
        }
    }

    /// Serves it by `work`.
    pub async fn served_by<T>(self: Rc<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    /// The same for a step of work that does not wait.
    pub fn served_at_once<T>(self: Rc<Self>, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Remembers how large the answer was, if the client's allowance was asked for anything.
    pub fn answered(&self, bytes: u64) {
        if let Some(allowance) = self.allowance.borrow().as_ref() {
            allowance.answered(bytes);
        }
    }

    /// Counts an answer of `bytes` until it is read.
    pub fn hold_unread(&self, bytes: usize) -> Lent {
        self.allowance().hold_unread(bytes)
    }

    /// Whose work it is, and who asks for it.
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

    /// Once for each request, before it does anything.
    async fn admitted(&self, wait: Duration) -> ApiResult<Arc<Allowance>> {
        let allowance = self.allowance();
        if !self.is_admitted.replace(true) {
            allowance.admit(wait).await?;
        }
        Ok(allowance)
    }
}

/// A turn to hold connections of the pool. Errors as `Allowance::take`; `None` outside requests.
pub async fn connection(wait: Duration) -> ApiResult<Option<Arc<Lent>>> {
    let Some(request) = Request::current() else { return Ok(None) };
    if let Some(held) = request.connection.borrow().upgrade() {
        return Ok(Some(held));
    }
    let allowance = request.admitted(wait).await?;
    let lent = Arc::new(allowance.take(Resource::Connection, 1, wait).await?);
    request.connection.replace(Arc::downgrade(&lent));
    Ok(Some(lent))
}

/// A turn for a point read. Errors as `Allowance::take`; `None` outside requests.
pub async fn read(wait: Duration) -> ApiResult<Option<Lent>> {
    let Some(request) = Request::current() else { return Ok(None) };
    let allowance = request.admitted(wait).await?;
    allowance.read(wait).await.map(Some)
}

/// A turn to send a file, for as long as that takes. Errors as `Allowance::take`; `None` outside
/// requests.
pub async fn upload() -> ApiResult<Option<Lent>> {
    let Some(request) = Request::current() else { return Ok(None) };
    request.allowance().take(Resource::Upload, 1, PATIENCE).await.map(Some)
}

/// Room for a body of at most `bytes`, for as long as the request lasts. Errors as
/// `Allowance::take`.
pub async fn body(bytes: usize) -> ApiResult<()> {
    let Some(request) = Request::current() else { return Ok(()) };
    if bytes > SMALL_BODY {
        let kib = u32::try_from(bytes.div_ceil(1024)).map_err(ApiError::internal)?;
        let kib = kib.min(MAX_BODY_KIB);
        let lent = request.allowance().take(Resource::BodyKib, kib, PATIENCE).await?;
        request.body.replace(Some(lent));
    }
    Ok(())
}

/// A turn to read kept streams, or to be answered bit by bit, as long as that takes.
#[derive(Debug)]
pub struct Streaming {
    _own: Lent,
    _of_all: OwnedSemaphorePermit,
}

/// Errors as `Allowance::take`; `None` outside requests.
pub async fn stream() -> ApiResult<Option<Streaming>> {
    let Some(request) = Request::current() else { return Ok(None) };
    let own = request.allowance().take(Resource::Stream, 1, PATIENCE).await?;
    let of_all = request.fair_use.stream_of_all(PATIENCE).await?;
    Ok(Some(Streaming { _own: own, _of_all: of_all }))
}

/// A turn to have a picture drawn, both of whose it is and of who asks. Errors as
/// `Allowance::take`; `None` outside requests.
pub async fn picture() -> ApiResult<Option<[Option<Lent>; 2]>> {
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

/// Counts a long poll or an event stream while it lasts. 429 `rate_limited` when the client has too
/// many; `None` outside requests.
pub fn follow() -> ApiResult<Option<Lent>> {
    let Some(request) = Request::current() else { return Ok(None) };
    match request.allowance().try_take(Resource::Follower, 1) {
        Some(lent) => Ok(Some(lent)),
        None => Err(ApiError {
            message: format!("{FOLLOWERS} requests of yours wait for changes; let some end").into(),
            ..ApiError::rate_limited(FOLLOW_AGAIN_SECS)
        }),
    }
}
