//! The `Idempotency-Key` of a request, which makes it safe to retry.

use std::{
    future::{Future, Ready, ready},
    pin::Pin,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{
    canonical::canonical,
    json::{self, SMALL},
    prefer::strictly,
};
use crate::{
    credentials::{Purpose, ServerKey},
    error::{ApiError, ApiResult},
    idempotency::IdempotencyKey,
    state::WorkerState,
};

/// Like [`super::ApiJson`], with the key. 400 `invalid_parameter` for an invalid key.
pub struct IdempotentJson<T, const LIMIT: usize = SMALL> {
    pub body: T,
    pub key: Option<IdempotencyKey>,
}

/// The header, for the API reference.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKeyParam {
    /// A text of the client's choice, such as a UUID. For 30 days, the same request with the
    /// same key is carried out only once and gets the same response. Request bodies are
    /// compared by value.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    _idempotency_key: Option<String>,
}

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for IdempotentJson<T, LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key(request);
        let target = target(request);
        let body = json::body(request, payload, LIMIT);
        let known = strictly(request);
        let state = request.app_data::<Data<WorkerState>>().cloned();
        Box::pin(async move {
            let key = key?;
            let bytes = body.await?;
            // Parse first, because this rejects bodies that are nested too deeply.
            let body = json::parse(&bytes, known)?;
            let key = key.zip(state).map(|(key, state)| {
                let target = Sha256::new().chain_update(target);
                // Earlier versions recorded a digest of the bytes.
                let bytewise = target.clone().chain_update(&bytes).finalize();
                // There is no canonical form if an unused member has a number that
                // exceeds a double.
                let value = canonical(&bytes).unwrap_or_else(|| bytes.to_vec());
                let by_value = target.chain_update("value\0").chain_update(value).finalize();
                // Keyed, because the body may contain a password, which could be guessed
                // from a plain digest.
                let tag = |by: &ServerKey, digest: &[u8]| {
                    by.tag(Purpose::Idempotency, "request", digest).to_vec()
                };
                let both = |by| [tag(by, &by_value), tag(by, &bytewise)];
                let accepted = state.server_key.accepted().flat_map(both).collect();
                IdempotencyKey { key, request: tag(&state.server_key, &by_value), accepted }
            });
            Ok(Self { body, key })
        })
    }
}

/// The key of a request whose body is read as it arrives, and is not JSON.
pub struct IdempotencyHeader {
    key: Option<String>,
    target: String,
}

impl FromRequest for IdempotencyHeader {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key(request).map(|key| Self { key, target: target(request) }))
    }
}

impl IdempotencyHeader {
    /// The key of this request, whose content has this digest.
    pub fn with_content(self, server_key: &ServerKey, content: &[u8]) -> Option<IdempotencyKey> {
        let digest = Sha256::new_with_prefix(self.target).chain_update("content\0");
        let digest = digest.chain_update(content).finalize();
        let tag = |by: &ServerKey| by.tag(Purpose::Idempotency, "request", &digest).to_vec();
        let accepted = server_key.accepted().map(tag).collect();
        Some(IdempotencyKey { key: self.key?, request: tag(server_key), accepted })
    }
}

/// The method and the target of a request, which a key belongs to.
fn target(request: &HttpRequest) -> String {
    format!("{} {}\0", request.method(), request.uri())
}

/// The value of the header, with or without the quotes that the draft requires.
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
