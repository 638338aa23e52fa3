//! HTTP handlers for imports.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Payload},
};
use futures_util::stream;
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    service,
    types::{Event, FilesParams, List, Progress, UploadParams, WithFiles},
    upload::Upload,
};
use crate::{
    activities::originals::Storage,
    auth::{
        Permitted,
        tokens::{ReadsActivities, WritesActivities},
    },
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
    http::{ApiPath, ApiQuery, IdempotencyHeader, IdempotencyKeyParam},
    state::WorkerState,
};

/// How often an event stream checks for progress.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// How long an event stream lasts. Then the client requests another one.
const TELL_FOR: Duration = Duration::from_secs(600);

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read as it comes")]
struct UploadForm {
    /// The file. Repeat the field for several files.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    #[schema(max_length = 200, examples("Morning run"))]
    title: Option<String>,
    #[schema(max_length = 10000)]
    notes: Option<String>,
    #[schema(pattern = "^[a-z0-9_]{1,32}$", examples("trail_run"))]
    activity_type: Option<String>,
    /// The app that assigned `external_id`.
    #[schema(pattern = "^[a-z0-9][a-z0-9_.-]{0,31}$", examples("my-app"))]
    source: Option<String>,
    /// Id of the activity in `source`. An upload with an id that has a recording is a duplicate.
    #[schema(min_length = 1, max_length = 200, examples("11868304219"))]
    external_id: Option<String>,
}

/// Import activity files
///
/// Accepts FIT, GPX, TCX and KML files, optionally compressed with gzip, and zips of them, such as
/// the archives of Strava, Garmin and Apple Health. The format is detected from the content. 202
/// means that the whole upload is stored and will be read, even if the server restarts. Form fields
/// other than `file` describe the activity if there is a single file.
#[utoipa::path(
    post, path = "/imports", operation_id = "create_import", tag = "Imports",
    params(UploadParams, IdempotencyKeyParam),
    request_body(
        description = "Up to 1 000 files as a form. A single file may also be the whole body, with any other content type",
        content((inline(UploadForm) = "multipart/form-data")),
    ),
    responses((
        status = 202, description = "The import", body = Progress,
        headers(("Location" = String, description = "Path of the import")),
    )),
    extensions(("x-error-codes" = json!([
        ErrorCode::TooManyImports, ErrorCode::BodyTooLarge, ErrorCode::MalformedRequest,
        ErrorCode::StorageFull, ErrorCode::StorageUnavailable, ErrorCode::IdempotencyKeyReused,
    ]))),
)]
pub async fn create(
    request: HttpRequest,
    state: Data<WorkerState>,
    originals: Data<Storage>,
    user: Permitted<WritesActivities>,
    key: IdempotencyHeader,
    params: ApiQuery<UploadParams>,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let identity = user.identity();
    let _permit = fair_use::upload().await?;
    let id = service::begin(&state, &originals, identity).await?;
    let upload = Upload::new(&state.pool, id, state.imports.max_bytes);
    let received = upload.receive(&request, payload, params.0.name).await;
    let digest = received.as_ref().ok().map(|received| &received.digest);
    let key = digest.and_then(|digest| key.with_content(&state.server_key, digest));
    let import = service::end(&state, identity, id, key, received).await?;
    let location = (header::LOCATION, format!("/imports/{}", import.import.id));
    Ok(HttpResponse::Accepted().insert_header(location).json(import))
}

/// List imports
///
/// Newest first. `GET /imports/{id}` has the files.
#[utoipa::path(
    get, path = "/imports", operation_id = "list_imports", tag = "Imports",
    responses((status = 200, description = "The newest imports of the last 30 days, at most 50", body = List)),
)]
pub async fn list(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
) -> ApiResult<HttpResponse> {
    let imports = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(List { imports }))
}

/// Get an import
///
/// Includes its progress and the outcomes of its files.
#[utoipa::path(
    get, path = "/imports/{id}", operation_id = "get_import", tag = "Imports",
    params(("id" = Uuid, Path, description = "Id of the import"), FilesParams),
    responses((status = 200, description = "The import", body = WithFiles)),
)]
pub async fn get(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<FilesParams>,
) -> ApiResult<HttpResponse> {
    let import = service::with_files(&state, user.identity(), id.0, params.0).await?;
    Ok(HttpResponse::Ok().json(import))
}

/// Cancel an import
///
/// Activities that have already been imported stay. An import that has finished is not changed.
#[utoipa::path(
    delete, path = "/imports/{id}", operation_id = "cancel_import", tag = "Imports",
    params(("id" = Uuid, Path, description = "Id of the import")),
    responses((status = 204, description = "Cancelled")),
)]
pub async fn cancel(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::cancel(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Follow an import's progress
///
/// Server-sent events, each with the import without its files. The last event contains the finished
/// import. A stream ends after ten minutes at the latest; request it again to continue.
#[utoipa::path(
    get, path = "/imports/{id}/events", operation_id = "follow_import_events", tag = "Imports",
    params(("id" = Uuid, Path, description = "Id of the import")),
    responses((
        status = 200, description = "Events: `data:` lines with JSON", body = Event, content_type = "text/event-stream",
    )),
)]
pub async fn events(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let (id, identity) = (id.0, user.identity());
    let follower = fair_use::follow()?;
    // Read the first state before streaming, so that a failure is answered with an error.
    let first = service::progress(&state, identity, id).await?;
    let until = Instant::now() + TELL_FOR;
    let told = stream::try_unfold(Some((None, first)), move |next| {
        // Captures `follower`, so that it is held until the stream ends.
        let (state, _) = (state.clone(), &follower);
        async move {
            let Some((mut told, mut now)) = next else { return Ok(None) };
            loop {
                let text = event(&now)?;
                let is_over =
                    now.import.is_finished() || Instant::now() > until || state.is_leaving();
                if told.as_ref() != Some(&text) || is_over {
                    let next = if is_over { None } else { Some((Some(text.clone()), now)) };
                    return Ok::<_, ApiError>(Some((text, next)));
                }
                told = Some(text);
                tokio::time::sleep(TELL_EVERY).await;
                now = service::progress(&state, identity, id).await?;
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Compression would hold events back until enough of them have accumulated.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(told))
}

fn event(progress: &Progress) -> ApiResult<Bytes> {
    let json = serde_json::to_string(progress).map_err(ApiError::internal)?;
    Ok(Bytes::from(format!("data: {json}\n\n")))
}
