//! The web client: the files in `web/`, embedded in the binary. Debug builds read them from disk,
//! so that a reload shows a change.
//!
//! The page has a single URL, `/`, and keeps its location in the fragment (`/#/activities/…`). So
//! the paths of the API stay free, the server need not know the client's views, and no log records
//! which views a user opens.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, VARY},
    web::{Bytes, Data},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    http::{IfNoneMatchParam, cached, tagged_body},
    state::WorkerState,
};

/// Browsers read it to install the client.
const MANIFEST: &str = "/app/manifest.webmanifest";
/// Opens the client without a network.
const SERVICE_WORKER: &str = "/app/data/worker.js";
/// Lets the service worker serve `/`, which is outside its folder.
const SERVICE_WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");

const SCRIPT: &str = "text/javascript; charset=utf-8";

#[derive(RustEmbed)]
#[folder = "web/"]
struct Files;

/// Pictures need an access token, so the page loads them itself and shows them as blobs. Only the
/// client's own templates may become markup, and only its service worker is registered.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types template worker",
);

/// Whether this server has the web client (`WEB_CLIENT`).
#[derive(Clone, Copy, Debug)]
pub struct WebClient {
    pub is_on: bool,
}

/// Show the web client
///
/// Only for browsers: 404 unless `Accept` has `text/html`.
#[utoipa::path(
    get, path = "/", operation_id = "show_web_client", tag = "Pages",
    security(()),
    params(IfNoneMatchParam),
    responses(
        (status = 200, description = "The web page", content_type = "text/html; charset=utf-8", body = String),
        (status = 304, description = "Not modified"),
    ),
    extensions(("x-any-parameters" = json!(true)), ("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn client(
    request: HttpRequest,
    state: Data<WorkerState>,
    client: Data<WebClient>,
) -> ApiResult<HttpResponse> {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/html")) {
        return Err(ApiError::not_found());
    }
    let page = filled(&client, "index.html", &[("product", &escaped(&state.product_name))])?;
    let mut answer = answer(&request, "text/html; charset=utf-8", page)?;
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(answer)
}

/// Get a file of the web client
///
/// Browsers revalidate each file by its `ETag`, so that all are of one version.
#[utoipa::path(
    get, path = "/app/{file}", operation_id = "get_web_client_file", tag = "Pages",
    security(()),
    params(("file" = String, Path, description = "Such as `main.js`"), IfNoneMatchParam),
    responses(
        (status = 200, description = "A script, a style sheet or a picture", content_type = "*/*", body = String),
        (status = 304, description = "Not modified"),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn client_file(
    request: HttpRequest,
    state: Data<WorkerState>,
    client: Data<WebClient>,
) -> ApiResult<HttpResponse> {
    if request.path() != MANIFEST {
        return file(&request, &client);
    }
    let product = serde_json::to_string(&state.product_name).map_err(ApiError::internal)?;
    let manifest = filled(&client, "manifest.webmanifest", &[("product", &product)])?;
    answer(&request, "application/manifest+json", manifest)
}

/// Get a file of a folder of the web client
///
/// Like `GET /app/{file}`.
#[utoipa::path(
    get, path = "/app/{folder}/{file}", operation_id = "get_web_client_file_in_folder", tag = "Pages",
    security(()),
    params(
        ("folder" = String, Path, description = "Such as `views`"),
        ("file" = String, Path, description = "Such as `log.js`"),
        IfNoneMatchParam,
    ),
    responses(
        (status = 200, description = "A script", content_type = "*/*", body = String),
        (status = 304, description = "Not modified"),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn client_file_in_folder(
    request: HttpRequest,
    state: Data<WorkerState>,
    client: Data<WebClient>,
) -> ApiResult<HttpResponse> {
    if request.path() != SERVICE_WORKER {
        return file(&request, &client);
    }
    let values = [("version", &*version(&state.product_name)), ("files", &shell().join(" "))];
    let worker = filled(&client, "data/worker.js", &values)?;
    let mut answer = answer(&request, SCRIPT, worker)?;
    answer.headers_mut().insert(SERVICE_WORKER_ALLOWED, HeaderValue::from_static("/"));
    Ok(answer)
}

/// The paths of all files that the client consists of, for the service worker.
fn shell() -> Vec<String> {
    let path = |name: Cow<'static, str>| match &*name {
        "index.html" => "/".to_owned(),
        name => format!("/app/{name}"),
    };
    Files::iter().map(path).filter(|path| path != SERVICE_WORKER).collect()
}

/// Differs between any two servers whose files or pages differ.
fn version(product: &str) -> String {
    let mut hash = Sha256::new_with_prefix(product);
    for name in Files::iter() {
        hash.update(name.as_bytes());
        hash.update(Files::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn file(request: &HttpRequest, client: &WebClient) -> ApiResult<HttpResponse> {
    let name = request.path().trim_start_matches("/app/");
    let (_, extension) = name.rsplit_once('.').ok_or_else(ApiError::not_found)?;
    let content_type = match extension {
        "js" => SCRIPT,
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return Err(ApiError::not_found()),
    };
    let bytes = match read(client, name)? {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    answer(request, content_type, bytes)
}

/// A file with values, already escaped for its format, instead of the placeholders.
fn filled(client: &WebClient, name: &str, values: &[(&str, &str)]) -> ApiResult<Bytes> {
    let file = read(client, name)?;
    let text = String::from_utf8_lossy(&file).into_owned();
    let fill = |text: String, (name, value): &(&str, &str)| {
        text.replace(&format!("{{{{ {name} }}}}"), value)
    };
    Ok(values.iter().fold(text, fill).into())
}

fn read(client: &WebClient, name: &str) -> ApiResult<Cow<'static, [u8]>> {
    let file = Files::get(name).filter(|_| client.is_on);
    Ok(file.ok_or_else(ApiError::not_found)?.data)
}

/// Browsers revalidate each file before use, because all files must be of the same version.
fn answer(
    request: &HttpRequest,
    content_type: &'static str,
    body: Bytes,
) -> ApiResult<HttpResponse> {
    let mut answer = cached(tagged_body(request, content_type, body)?);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(answer)
}

/// Escapes the text of an element or of an attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
