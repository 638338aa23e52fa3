//! The limit at the edge, of all requests from an address. `auth::attempts` counts those to get in.

use std::sync::atomic::Ordering::Relaxed;

use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::ClientAddress;
use crate::state::WorkerState;

/// Knows the client's address from here on, and refuses when too many requests come from it.
pub async fn limit_address<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Some(state) = request.app_data::<Data<WorkerState>>().cloned() {
        let address = ClientAddress::of(&request, &state.limits.trusted_proxies);
        request.extensions_mut().insert(address);
        if address.hides_others(&request) && !state.has_warned_of_proxy.swap(true, Relaxed) {
            tracing::warn!(
                "{} sends X-Forwarded-For and is not in TRUSTED_PROXIES: limits take all behind it for one client",
                address
            );
        }
        match state.local_limits.take_address(address.host()) {
            Ok(Some(standing)) => {
                request.extensions_mut().insert(standing);
            }
            Ok(None) => {}
            Err(error) => return Ok(request.error_response(error).map_into_right_body()),
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}
