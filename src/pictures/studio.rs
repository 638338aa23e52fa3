//! What handlers of pictures are given.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use super::Painter;
use crate::{
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// The worker's state, to read what is drawn, and the process's painter.
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
        ready(Self::of(request).ok_or_else(|| ApiError::internal("a worker without a painter")))
    }
}
