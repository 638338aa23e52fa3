//! Response bodies. A body in memory counts against its client until the client has read it. A
//! streamed body is computed as work for its client.

use std::{
    error::Error,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};

use crate::fair_use::{Permit, Request};

/// The size of actix's write buffer per connection. The next slice is passed to it only when the
/// client has read the previous ones.
const SLICE_BYTES: usize = 32 * 1024;

/// Wraps `body` to count it as use by `request`.
pub fn counted(request: Rc<Request>, body: BoxBody) -> BoxBody {
    if let BodySize::Sized(size) = body.size() {
        request.answered(size);
    }
    match body.size() {
        BodySize::None => body,
        BodySize::Sized(size) if size <= SLICE_BYTES as u64 => body,
        _ => match body.try_into_bytes() {
            Ok(bytes) => BoxBody::new(Ready { _permit: request.hold_unread(bytes.len()), bytes }),
            Err(body) => BoxBody::new(Made { request, body }),
        },
    }
}

/// A body in memory.
struct Ready {
    bytes: Bytes,
    _permit: Permit,
}

impl MessageBody for Ready {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes.len() as u64)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let bytes = &mut self.get_mut().bytes;
        let slice = bytes.split_to(bytes.len().min(SLICE_BYTES));
        Poll::Ready((!slice.is_empty()).then_some(Ok(slice)))
    }
}

/// A body that is computed while it is read.
struct Made {
    request: Rc<Request>,
    body: BoxBody,
}

impl MessageBody for Made {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Self { request, body } = self.get_mut();
        Rc::clone(request).served_at_once(|| Pin::new(body).poll_next(context))
    }
}
