//! The OpenAPI 3.1 document, generated from the annotations of handlers and types.

mod defaults;
mod errors;
mod examples;
mod parameters;
mod paths;
mod variants;

use std::{panic, sync::LazyLock, thread};

use actix_web::App;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_actix_web::AppExt;

use self::paths::operations;
use super::{finish::ErrorBody, routes::routes};
use crate::http::known::{self, Operations};

#[derive(OpenApi)]
#[openapi(
    info(title = "sports-log", description = include_str!("about.md"), contact(name = "The operator of this server"), license(name = "MIT", identifier = "MIT")),
    servers((url = "/")),
    security(("token" = [])),
    components(schemas(ErrorBody<'static>)),
    modifiers(&AccessToken),
    tags(
        (name = "Activities", description = "The log: activities, their series and exports"),
        (name = "Imports", description = "Files and archives to read activities from"),
        (name = "Login", description = "Registration, login and password reset"),
        (name = "Sessions", description = "Logged-in devices and the security log"),
        (name = "Access", description = "Login methods and access of an account; changes require re-authentication"),
        (name = "Statistics", description = "Totals and records of the log, in the user's time zone"),
        (name = "Goals", description = "Goals and progress"),
        (name = "Pictures", description = "Pictures for web pages and documents, and links to share them"),
        (name = "Garmin", description = "The connection to Garmin Connect"),
        (name = "Webhooks", description = "Services that are notified of changes in the log"),
        (name = "Account", description = "The account and its profile"),
        (name = "Operations", description = "Monitoring and the API reference"),
        (name = "Pages", description = "The web pages that links in mails open"),
    )
)]
struct Outline;

struct AccessToken;

impl Modify for AccessToken {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The `token` of a login response, or a personal access token from `POST /me/tokens` whose scopes allow the operation. That one may also be the password of Basic authentication, with any user name"))
            .build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// The whole document, as returned by `GET /openapi.json` and printed by `sports-log openapi`.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut api) = App::new()
        .into_utoipa_app()
        .openapi(Outline::openapi())
        .configure(|app| {
            for endpoint in routes() {
                app.service(endpoint);
            }
        })
        .split_for_parts();
    // utoipa writes `security(())` as an empty requirement, which means that a token is optional.
    for operation in api.paths.paths.values_mut().flat_map(operations) {
        let security = operation.security.iter_mut();
        security.for_each(|all| all.retain(|one| *one != SecurityRequirement::default()));
    }
    errors::complete(&mut api);
    parameters::complete(&mut api);
    let schemas = &mut api.components.get_or_insert_default().schemas;
    variants::complete(schemas);
    defaults::complete(schemas);
    examples::complete(schemas);
    api
}

/// The document as JSON.
pub static JSON: LazyLock<Result<String, String>> =
    LazyLock::new(|| of_document(|document| document.to_json()).map_err(|error| error.to_string()));

/// The operations against which requests are checked.
pub static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
    of_document(|document| known::operations(&serde_json::to_value(document).unwrap_or_default()))
});

/// Applies `make` to the document, on a temporary thread. Creating the document takes 30 MiB, which
/// the allocator would keep for other threads otherwise.
fn of_document<T: Send>(make: impl FnOnce(utoipa::openapi::OpenApi) -> T + Send) -> T {
    let made = thread::scope(|scope| scope.spawn(|| make(document())).join());
    made.unwrap_or_else(|panic| panic::resume_unwind(panic))
}
