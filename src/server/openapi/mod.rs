//! The OpenAPI 3.1 document, made of what stands beside each handler and each type.

mod errors;

use std::{panic, sync::LazyLock, thread};

use actix_web::App;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_actix_web::AppExt;

use super::{finish::ErrorBody, routes::routes};
use crate::http::known::{Operations, operations};

#[derive(OpenApi)]
#[openapi(
    info(title = "sports-log", description = include_str!("about.md"), license(name = "MIT", identifier = "MIT")),
    servers((url = "/")),
    security(("token" = [])),
    components(schemas(ErrorBody<'static>)),
    modifiers(&AccessToken),
    tags(
        (name = "Activities", description = "The log itself"),
        (name = "Logging in", description = "Every way in answers with an access token"),
        (name = "Sessions", description = "Where one is logged in"),
        (name = "Ways in", description = "Who can get into the account; what changes it wants a proof"),
        (name = "Statistics", description = "What the log adds up to, in the user's own time zone"),
        (name = "Goals", description = "What is aimed at, and how far it is"),
        (name = "Pictures", description = "For pages and documents, and links to share them"),
        (name = "Webhooks", description = "Services that are told what happens to the log"),
        (name = "Account", description = "The account and its profile"),
        (name = "Operations", description = "For monitoring and tools"),
        (name = "Pages", description = "What the links in mails open"),
    )
)]
struct Outline;

struct AccessToken;

impl Modify for AccessToken {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The `token` of an answer that logs in; or, where its scopes allow it, one from `POST /me/tokens`"))
            .build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// The whole document: what `GET /openapi.json` answers and `sports-log openapi` prints.
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
    errors::complete(&mut api);
    api
}

/// The document as JSON.
pub static JSON: LazyLock<Result<String, String>> =
    LazyLock::new(|| of_document(|document| document.to_json()).map_err(|error| error.to_string()));

/// What requests are held against.
pub static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
    of_document(|document| operations(&serde_json::to_value(document).unwrap_or_default()))
});

/// What `make` makes of the document, on a thread that ends: to make one takes 30 MiB, which the
/// allocator would keep for any other thread.
fn of_document<T: Send>(make: impl FnOnce(utoipa::openapi::OpenApi) -> T + Send) -> T {
    let made = thread::scope(|scope| scope.spawn(|| make(document())).join());
    made.unwrap_or_else(|panic| panic::resume_unwind(panic))
}
