//! The shared state of picture handlers.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use super::Painter;
use crate::{
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// The worker's state, for reading data, and the painter of the process.
pub struct Studio {
    pub state: Data<WorkerState>,
    pub painter: Data<Painter>,
}

impl Studio {
    fn of(request: &HttpRequest) -> Option<Self> {
        let (state, painter) = (request.app_data(), request.app_data());
        Some(Self { state: Data::clone(state?), painter: Data::clone(painter?) })
    }
}

impl FromRequest for Studio {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| ApiError::internal("the worker has no studio")))
    }
}
