//! The ways to log in that this server is configured for.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::otp::CodeChannel;
use crate::{providers::Provider, state::WorkerState};

/// The answer of `GET /auth/ways-in`.
#[derive(Serialize, ToSchema)]
pub struct WaysIn {
    /// Channels of login codes. Without `email`, nobody can register either.
    channels: Vec<CodeChannel>,
    /// For `GET /auth/login/{provider}`.
    providers: Vec<Provider>,
}

/// List the ways to log in
///
/// What this server offers in addition to a password.
#[utoipa::path(
    get, path = "/auth/ways-in", operation_id = "list_ways_in", tag = "Logging in",
    security(()),
    responses((status = 200, description = "The ways to log in", body = WaysIn)),
)]
pub async fn list_ways_in(state: Data<WorkerState>) -> HttpResponse {
    let mut channels = vec![CodeChannel::Email, CodeChannel::Sms];
    channels.retain(|channel| state.can_send((*channel).into()));
    let mut providers = Provider::ALL.to_vec();
    providers.retain(|provider| state.providers.is_offered(*provider));
    HttpResponse::Ok().json(WaysIn { channels, providers })
}
