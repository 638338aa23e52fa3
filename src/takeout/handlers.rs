//! HTTP to service and back.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method,
        header::{self, ContentDisposition, DispositionParam, DispositionType},
    },
    web::{Bytes, Data},
};
use futures_util::stream;

use super::{service, store, types::Standing};
use crate::{
    auth::{CurrentUser, Device, reauth::ProofBody},
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
    http::OptionalJson,
    state::WorkerState,
};

/// Have a zip made of all that the account has: activities, files, series, profile.
///
/// Another sports-log takes it in by `POST /imports`, as it is. It wants a proof, and the owner is
/// mailed.
#[utoipa::path(
    post, path = "/me/export", operation_id = "create_takeout", tag = "Account",
    request_body = Option<ProofBody>,
    responses((
        status = 202, description = "It is being made", body = Standing,
        headers(("Location" = String, description = "Where to follow it")),
    )),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::RateLimited,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: OptionalJson<ProofBody>,
) -> ApiResult<HttpResponse> {
    let proof = body.0.unwrap_or_default().proof()?;
    let takeout = service::create(&state, user.identity(), proof, &device).await?;
    Ok(HttpResponse::Accepted().insert_header((header::LOCATION, "/me/export")).json(takeout))
}

/// How the zip is getting on.
#[utoipa::path(
    get, path = "/me/export", operation_id = "get_takeout", tag = "Account",
    responses((status = 200, description = "The last that was asked for", body = Standing)),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn get(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let takeout = service::find(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Standing::from(takeout)))
}

/// The zip.
#[utoipa::path(
    get, path = "/me/export/file", operation_id = "download_takeout", tag = "Account",
    responses((
        status = 200, description = "All of it", body = Vec<u8>, content_type = "application/zip",
        headers(("Content-Disposition" = String, description = "Its name")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::NotReady]))),
)]
pub async fn download(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let takeout = service::finished(&state, user.identity()).await?;
    let name = format!("sports-log-{}.zip", takeout.created_at.format("%Y-%m-%d"));
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/zip").insert_header(disposition);
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let turn = fair_use::stream().await?;
    service::note_download(&state, user.identity(), &device).await?;
    // A connection is held for a piece, and not while a slow client takes it.
    let pieces = stream::try_unfold(0, move |number| {
        // Held by the stream.
        let (state, _) = (state.clone(), &turn);
        async move {
            let conn = state.pool.get().await?;
            let piece = store::chunk(&conn, takeout.id, number).await?;
            Ok::<_, ApiError>(piece.map(|piece| (Bytes::from(piece), number + 1)))
        }
    });
    let bytes = u64::try_from(takeout.bytes).unwrap_or_default();
    Ok(answer.body(SizedStream::new(bytes, Box::pin(pieces))))
}

/// Forget the zip, or do not make it.
#[utoipa::path(
    delete, path = "/me/export", operation_id = "delete_takeout", tag = "Account",
    responses((status = 204, description = "It is gone")),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn delete(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity()).await?;
    Ok(HttpResponse::NoContent().finish())
}
