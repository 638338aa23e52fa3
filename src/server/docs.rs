//! The reference: the OpenAPI document, and Swagger UI to read and try it, all from this server.

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

/// The document as JSON, made when it is first asked for. The workers are handed it: it follows
/// from the routes, and this is one of them.
#[derive(Clone, Copy)]
pub struct Document(pub &'static LazyLock<Result<String, String>>);

#[derive(Template)]
#[template(path = "server/pages/docs.html")]
struct DocsPage<'a> {
    product: &'a str,
    script: &'a str,
}

/// The OpenAPI 3.1 document of this server.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "Operations",
    security(()),
    responses((status = 200, description = "This document", body = Object)),
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

/// The reference as a page on which every request can be tried.
#[utoipa::path(
    get, path = "/docs", operation_id = "docs", tag = "Operations",
    security(()),
    responses((status = 200, description = "A page for people", content_type = "text/html; charset=utf-8", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn page(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    // Swagger UI styles elements by attribute and draws its icons from data URLs.
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

/// What the page is made of.
#[utoipa::path(
    get, path = "/docs/{file}", operation_id = "docs_file", tag = "Operations",
    security(()),
    params(("file" = String, Path, description = "Such as `swagger-ui.css`")),
    responses((status = 200, description = "A script or a style sheet", content_type = "*/*", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn file(name: ApiPath<String>) -> ApiResult<HttpResponse> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(Arc::default);
    // Only what the page loads: the library has pages of its own, which load more.
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
