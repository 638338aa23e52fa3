//! The rate limit of requests that send messages to people who may not have asked for them.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use ipnet::IpNet;

use super::ClientAddress;
use crate::{
    credentials::Purpose,
    error::{ApiError, ApiResult, RateLimitStatus},
    state::WorkerState,
    throttle,
};

/// An extractor for handlers that may send a message to somebody who did not ask for it. It takes
/// one request from the daily budget of the client's network, whether or not a message is sent.
pub struct MessageAttempt {
    /// The client's network, if networks are limited.
    pub network: Option<IpNet>,
}

impl FromRequest for MessageAttempt {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Data<WorkerState>>().cloned();
        let address = ClientAddress::known(request);
        Box::pin(async move {
            let state = state.ok_or_else(|| ApiError::internal("no worker state"))?;
            let limited = state.limits.message_network.zip(address);
            let Some((rate, address)) = limited else {
                return Ok(Self { network: None });
            };
            let network = address.network();
            let name = network.to_string();
            let key = state.server_key.tag(Purpose::Throttle, "messages", name.as_bytes());
            let taken = async {
                let conn = state.pool.get().await?;
                throttle::take(&conn, key, rate.into()).await
            };
            let taken: ApiResult<()> = taken.await;
            state.metrics.count_limit("message_network", taken.is_ok());
            let standing = RateLimitStatus::new("attempts", rate, 0);
            taken.map_err(|error| match error.retry_after_secs {
                Some(seconds) => error.standing(standing.until(seconds)),
                None => error,
            })?;
            Ok(Self { network: Some(network) })
        })
    }
}
