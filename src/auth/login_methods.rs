//! The login methods that this server is configured for.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::otp::CodeChannel;
use crate::{config::RegistrationMode, providers::Provider, state::WorkerState};

/// The answer of `GET /auth/login-methods`.
#[derive(Serialize, ToSchema)]
pub struct LoginMethods {
    /// Channels of login codes. Without `email`, strangers cannot register either.
    channels: Vec<CodeChannel>,
    /// For `GET /auth/login/{provider}`.
    providers: Vec<Provider>,
    /// Who may register without an invitation.
    registration: RegistrationMode,
}

/// List the login methods
///
/// The methods in addition to a password, and who may register.
#[utoipa::path(
    get, path = "/auth/login-methods", operation_id = "list_login_methods", tag = "Login",
    security(()),
    responses((status = 200, description = "The login methods", body = LoginMethods)),
)]
pub async fn list_login_methods(state: Data<WorkerState>) -> HttpResponse {
    let mut channels = vec![CodeChannel::Email, CodeChannel::Sms];
    channels.retain(|channel| state.can_send((*channel).into()));
    let mut providers = Provider::ALL.to_vec();
    providers.retain(|provider| state.providers.is_offered(*provider));
    let registration = state.registration.mode;
    HttpResponse::Ok().json(LoginMethods { channels, providers, registration })
}
