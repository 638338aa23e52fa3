//! A handler's arguments, extracted one after the other.
//!
//! The framework extracts them at the same time, and the first that fails decides the answer: a
//! body could be refused before its sender is. Here the order of the signature counts: who asks,
//! what they may do, and only then what they sent.

use std::future::Future;

use actix_web::{Error, FromRequest, Handler, HttpRequest, Responder, Route, dev::Payload, web};

/// Arguments that are extracted in their order.
pub trait InOrder: Sized {
    fn extract(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Error>>;
}

/// As [`web::to`], with the arguments extracted in their order.
pub fn to<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: InOrder + 'static,
    F::Output: Responder + 'static,
{
    web::to(move |request: HttpRequest, payload: web::Payload| {
        let handler = handler.clone();
        async move {
            // Kept until the answer: what nobody read of a body is the connection's affair then.
            let mut payload = payload.into_inner();
            let args = Args::extract(&request, &mut payload).await?;
            Ok::<_, Error>(handler.call(args).await)
        }
    })
}

macro_rules! in_order {
    ($($argument:ident)*) => {
        impl<$($argument: FromRequest),*> InOrder for ($($argument,)*) {
            async fn extract(_request: &HttpRequest, _payload: &mut Payload) -> Result<Self, Error> {
                Ok(($($argument::from_request(_request, _payload).await.map_err(Into::into)?,)*))
            }
        }
    };
}

in_order! {}
in_order! { A }
in_order! { A B }
in_order! { A B C }
in_order! { A B C D }
in_order! { A B C D E }
in_order! { A B C D E F }
in_order! { A B C D E F G }
