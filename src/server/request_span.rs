//! The tracing span of a request, and the log line when it has been answered.
//!
//! The library's default span records the query string, and a client address from headers. This
//! span records no query. It records the address only if a credential was wrong or a rate limit
//! was hit, so that a firewall can block it. Values that are known only at the end go into the
//! closing event: they appear in the same log line, and recording them on the span would cost as
//! much as the event.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use super::{LoggedCode, RequestId};
use crate::{auth::LoggedUser, error::ErrorCode, http::ClientAddress};

/// Paths whose rest is secret: the token of a share, or the secret of Garmin's webhook.
const SECRET: [&str; 2] = ["/shared/", "/integrations/garmin/webhook/"];

/// Creates the span and the log line.
pub struct RequestSpan;

/// Routes whose successful requests are logged at `debug`.
const QUIET: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

struct StartedAt(Instant);

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        request.extensions_mut().insert(StartedAt(Instant::now()));
        let id = RequestId::of(request);
        tracing::info_span!(
            "request",
            request.id = %id,
            http.method = request.method().as_str(),
            http.path = loggable(request.path()),
        )
    }

    fn on_request_end<B: MessageBody>(_span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        // The inner middleware handles errors, so there is always a response.
        let Ok(response) = outcome else { return };
        let request = response.request();
        let extensions = request.extensions();
        let route = request.match_pattern();
        let user = extensions.get::<LoggedUser>().map(|user| tracing::field::display(user.0));
        let code = response.response().extensions().get::<LoggedCode>().map(|code| code.0);
        let is_refused = code.is_some_and(|code| {
            code.is_failed_proof()
                || code == ErrorCode::RateLimited && request.path().starts_with("/auth/")
        });
        let address = extensions.get::<ClientAddress>().filter(|_| is_refused);
        let from = address.map(|address| format!(" from {address}")).unwrap_or_default();
        let duration =
            extensions.get::<StartedAt>().map(|start| start.0.elapsed().as_secs_f64() * 1e3);
        let status = response.status();
        macro_rules! answered {
            ($level:ident) => {
                tracing::$level!(
                    http.route = route.as_deref(),
                    http.status = status.as_u16(),
                    user.id = user,
                    error.code = code.map(tracing::field::display),
                    client.address = address.map(tracing::field::display),
                    duration_ms = duration,
                    "{} {} {}{from}",
                    request.method(),
                    route.as_deref().unwrap_or("(no such path)"),
                    status.as_u16(),
                )
            };
        }
        // Monitoring asks frequently, so these lines would only be noise.
        if status.is_success() && route.as_deref().is_some_and(|route| QUIET.contains(&route)) {
            answered!(debug);
        } else {
            answered!(info);
        }
    }
}

/// The path without its secret part. An encoded slash (`/shared%2f…`) matches no route.
fn loggable(path: &str) -> &str {
    SECRET.into_iter().find(|start| path.starts_with(start)).unwrap_or(path)
}
