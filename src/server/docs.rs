//! The API reference: the OpenAPI document, and Swagger UI to read and try it. Nothing is loaded
//! from other servers.

use std::sync::{Arc, LazyLock};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
    web::Data,
};
use askama::Template;
use utoipa_swagger_ui::Config;

use crate::{
    error::{ApiError, ApiResult},
    http::{ApiPath, source_hash},
    state::WorkerState,
};

const SCRIPT: &str = include_str!("pages/docs.js");

/// The document as JSON, computed on first use. It is passed to the workers, because it depends on
/// the routes, of which this is one.
#[derive(Clone, Copy)]
pub struct Document(pub &'static LazyLock<Result<String, String>>);

#[derive(Template)]
#[template(path = "server/pages/docs.html")]
struct DocsPage<'a> {
    product: &'a str,
    script: &'a str,
}

/// Get the OpenAPI document
///
/// Generate a client from it, or open `GET /docs` to read it.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "get_openapi", tag = "Operations",
    security(()),
    responses((status = 200, description = "The OpenAPI 3.1 document of this server", body = Object)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn openapi(document: Data<Document>) -> ApiResult<HttpResponse> {
    match &**document.0 {
        Ok(document) => {
            Ok(HttpResponse::Ok().content_type(ContentType::json()).body(document.as_str()))
        }
        Err(error) => Err(ApiError::internal(error.as_str())),
    }
}

/// Show the API reference
///
/// A web page on which every operation can be tried.
#[utoipa::path(
    get, path = "/docs", operation_id = "get_docs", tag = "Operations",
    security(()),
    responses((status = 200, description = "The web page", content_type = "text/html; charset=utf-8", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn page(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    // Swagger UI sets styles in attributes, and its icons are data URLs.
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "default-src 'none'; script-src 'self' {}; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
            source_hash(SCRIPT)
        )
    });
    let page = DocsPage { product: &state.product_name, script: SCRIPT };
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .body(page.render().map_err(ApiError::internal)?))
}

/// Get a file of the API reference
///
/// The script and the style sheet of `GET /docs`.
#[utoipa::path(
    get, path = "/docs/{file}", operation_id = "get_docs_file", tag = "Operations",
    security(()),
    params(("file" = String, Path, description = "For example `swagger-ui.css`")),
    responses((status = 200, description = "A script or a style sheet", content_type = "*/*", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn file(name: ApiPath<String>) -> ApiResult<HttpResponse> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(Arc::default);
    // Only the files that the page loads. The library also contains pages that load others.
    if !["swagger-ui.css", "swagger-ui-bundle.js"].contains(&name.0.as_str()) {
        return Err(ApiError::not_found());
    }
    let file = utoipa_swagger_ui::serve(&name.0, Arc::clone(&CONFIG))
        .map_err(|error| ApiError::internal(error.to_string()))?
        .ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(file.bytes.into_owned()))
}
