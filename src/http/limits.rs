//! Limits at the edge: of all requests by address, and of attempts to get in.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{ClientAddress, unread::counted};
use crate::{
    auth::Purpose,
    error::{ApiError, ApiResult},
    fair_use::Request,
    state::WorkerState,
    throttle::{self, Standing},
};

/// Knows the client's address from here on, and refuses when too many requests come from it. What
/// comes after it is counted as use of the server by its client.
pub async fn limit_address<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(state) = request.app_data::<Data<WorkerState>>().cloned() {
        let address = ClientAddress::of(&request, &state.limits.trusted_proxies);
        request.extensions_mut().insert(address);
        if address.hides_others(&request) && !state.has_warned_of_proxy.swap(true, Relaxed) {
            tracing::warn!(
                "{} sends X-Forwarded-For and is not in TRUSTED_PROXIES: limits take all behind it for one client",
                address.0
            );
        }
        match state.local_limits.take_address(address.0) {
            Ok(Some(standing)) => {
                request.extensions_mut().insert(standing);
            }
            Ok(None) => {}
            Err(error) => return Ok(request.error_response(error)),
        }
        let served = Request::new(Arc::clone(&state.fair_use), address.0);
        let work = async move { next.call(request).await };
        let response = Rc::clone(&served).served_by(work).await?;
        return Ok(response.map_body(|_, body| counted(served, body.boxed())));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Stands in the signature of whatever can be used to guess, or to have messages sent: one attempt of
/// those that an address has, whichever replica it asks.
pub struct Attempt;

impl FromRequest for Attempt {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = request.app_data::<Data<WorkerState>>();
            let state = state.ok_or_else(|| ApiError::internal("no worker state"))?;
            let address = ClientAddress::known(&request);
            if let Some((rate, address)) = state.limits.auth_address.zip(address) {
                let address = address.0.to_string();
                let key = state.server_key.tag(Purpose::Throttle, "address", address.as_bytes());
                let taken = async {
                    let conn = state.pool.get().await?;
                    throttle::take(&conn, &key, rate.into()).await
                };
                let taken: ApiResult<u32> = taken.await;
                state.metrics.count_limit("auth_address", taken.is_ok());
                let standing = |left| Standing::new("attempts", rate, left);
                let left = taken.map_err(|error| match error.retry_after_secs {
                    Some(seconds) => error.standing(standing(0).until(seconds)),
                    None => error,
                })?;
                request.extensions_mut().insert(standing(left));
            }
            Ok(Self)
        })
    }
}
