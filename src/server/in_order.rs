//! Sequential extraction of a handler's arguments.
//!
//! The framework extracts arguments concurrently, and the first error wins, so a body could be
//! rejected before the client is authenticated. Here, the order in the handler's signature counts:
//! first authentication, then authorization, then the body.

use std::future::Future;

use actix_web::{Error, FromRequest, Handler, HttpRequest, Responder, Route, dev::Payload, web};

/// Arguments that are extracted in their order.
pub trait InOrder: Sized {
    fn extract(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Error>>;
}

/// Like [`web::to`], but extracts the arguments in order.
pub fn to<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: InOrder + 'static,
    F::Output: Responder + 'static,
{
    web::to(move |request: HttpRequest, payload: web::Payload| {
        let handler = handler.clone();
        async move {
            // Keep the payload until the response is ready. The connection then handles
            // what is left of it.
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
