//! Bodies of answers: those in memory count as their client's until it has read them, and those
//! made while it reads are made on its behalf.

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

use crate::fair_use::{Lent, Request};

/// As much as actix buffers for a connection. What it has buffered is given to it no earlier than
/// the client has read what came before.
const SLICE_BYTES: usize = 32 * 1024;

/// `body`, counted as what `request` uses.
pub fn counted(request: Rc<Request>, body: BoxBody) -> BoxBody {
    if let BodySize::Sized(size) = body.size() {
        request.answered(size);
    }
    match body.size() {
        BodySize::None => body,
        BodySize::Sized(size) if size <= SLICE_BYTES as u64 => body,
        _ => match body.try_into_bytes() {
            Ok(bytes) => BoxBody::new(Ready { _lent: request.hold_unread(bytes.len()), bytes }),
            Err(body) => BoxBody::new(Made { request, body }),
        },
    }
}

/// An answer in memory.
struct Ready {
    bytes: Bytes,
    _lent: Lent,
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

/// An answer that is made as it is read.
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
