//! A JSON body with the `Idempotency-Key` that makes its request safe to repeat.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::json::{self, SMALL};
use crate::{
    auth::{Purpose, ServerKey},
    error::{ApiError, ApiResult},
    idempotency::IdempotencyKey,
    state::WorkerState,
};

/// As [`super::ApiJson`]; 400 `invalid_parameter` for a key that is none.
pub struct IdempotentJson<T, const LIMIT: usize = SMALL> {
    pub body: T,
    pub key: Option<IdempotencyKey>,
}

/// The header, for the documentation.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKeyParam {
    /// A text of one's own choice, such as a UUID: for 24 hours the same request with the same key
    /// gets the same answer, and is carried out once.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    _idempotency_key: Option<String>,
}

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for IdempotentJson<T, LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key(request);
        let target = format!("{} {}\0", request.method(), request.uri());
        let body = json::body(request, payload, LIMIT);
        let state = request.app_data::<Data<WorkerState>>().cloned();
        Box::pin(async move {
            let key = key?;
            let bytes = body.await?;
            let key = key.zip(state).map(|(key, state)| {
                let digest = Sha256::new().chain_update(target).chain_update(&bytes).finalize();
                // By our key, because a body may have a password, which could be guessed by its digest.
                let tag =
                    |by: &ServerKey| by.tag(Purpose::Idempotency, "request", &digest).to_vec();
                let accepted = state.server_key.accepted().map(tag).collect();
                IdempotencyKey { key, request: tag(&state.server_key), accepted }
            });
            Ok(Self { body: json::parse(&bytes)?, key })
        })
    }
}

/// The header's value, also as the quoted string that the draft has.
fn key(request: &HttpRequest) -> ApiResult<Option<String>> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_key =
        (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_key {
        let problem = "must be 1 to 255 visible ASCII characters";
        return Err(ApiError::invalid_parameter("Idempotency-Key", problem));
    }
    Ok(Some(text.to_owned()))
}
