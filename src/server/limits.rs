//! The rate limit of all requests from an address. `auth::attempts` limits login attempts.

use std::{
    rc::Rc,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::unread::counted;
use crate::{fair_use::Request, http::ClientAddress, state::WorkerState};

/// Determines the client's address, and rejects the request if too many come from it. The work of
/// the inner services is counted against the client.
pub async fn limit_address<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(state) = request.app_data::<Data<WorkerState>>().cloned() {
        let address = ClientAddress::of(&request, &state.limits.trusted_proxies);
        request.extensions_mut().insert(address);
        if address.hides_others(&request) && !state.has_warned_of_proxy.swap(true, Relaxed) {
            tracing::warn!(
                "{} sends X-Forwarded-For but is not in TRUSTED_PROXIES: rate limits treat all clients behind it as one",
                address
            );
        }
        match state.local_limits.take_address(address.host()) {
            Ok(Some(standing)) => {
                request.extensions_mut().insert(standing);
            }
            Ok(None) => {}
            Err(error) => return Ok(request.error_response(error)),
        }
        let served = Request::new(Arc::clone(&state.fair_use), address.host().network());
        let work = async move { next.call(request).await };
        let response = Rc::clone(&served).served_by(work).await?;
        return Ok(response.map_body(|_, body| counted(served, body.boxed())));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
