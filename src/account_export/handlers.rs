//! HTTP handlers for account exports.

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

use super::{
    service::{self, Authority},
    store,
    types::ExportStatus,
};
use crate::{
    auth::{CurrentUser, Device, Permitted, reauth::ProofBody, tokens::ExportsAccount},
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
    http::{Binary, OptionalJson},
    state::WorkerState,
};

/// Create an account export
///
/// Creates a zip of everything in the account: activities, files, streams, profile. Another
/// sports-log server imports it with `POST /imports`. A login needs a proof (`password` or `code`),
/// and the owner gets a mail. A token with the scope `export` needs no proof and causes no mail.
#[utoipa::path(
    post, path = "/me/export", operation_id = "create_account_export", tag = "Account",
    request_body = Option<ProofBody>,
    responses((
        status = 202, description = "The export is being created", body = ExportStatus,
        headers(("Location" = String, description = "Path of the export")),
    )),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::RateLimited,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: Permitted<ExportsAccount>,
    device: Device,
    body: OptionalJson<ProofBody>,
) -> ApiResult<HttpResponse> {
    let given = body.0.unwrap_or_default().proof()?;
    let authority =
        if user.is_login() { Authority::Login(given) } else { Authority::PersonalToken };
    let account_export = service::create(&state, user.identity(), authority, &device).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, "/me/export"))
        .json(account_export))
}

/// Get the account export's status
///
/// Poll it until `status` is `done` or `failed`.
#[utoipa::path(
    get, path = "/me/export", operation_id = "get_account_export", tag = "Account",
    responses((status = 200, description = "The last export that was requested", body = ExportStatus)),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn get(
    state: Data<WorkerState>,
    user: Permitted<ExportsAccount>,
) -> ApiResult<HttpResponse> {
    let account_export = service::find(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(ExportStatus::from(account_export)))
}

/// Download an account export
///
/// The zip contains the whole account. Another server can import it.
#[utoipa::path(
    get, path = "/me/export/file", operation_id = "download_account_export", tag = "Account",
    responses((
        status = 200, description = "The zip", body = inline(Binary), content_type = "application/zip",
        headers(("Content-Disposition" = String, description = "Name of the file")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::NotReady]))),
)]
pub async fn download(
    state: Data<WorkerState>,
    user: Permitted<ExportsAccount>,
    device: Device,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let account_export = service::finished(&state, user.identity()).await?;
    let name = format!("sports-log-{}.zip", account_export.created_at.format("%Y-%m-%d"));
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/zip").insert_header(disposition);
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let permit = fair_use::stream().await?;
    service::note_download(&state, user.identity(), &device).await?;
    // A connection is held only while a piece is read, and not while a slow client receives it.
    let pieces = stream::try_unfold(0, move |number| {
        // Captures `permit`, so that it is held until the stream ends.
        let (state, _) = (state.clone(), &permit);
        async move {
            let conn = state.pool.get().await?;
            let piece = store::chunk(&conn, account_export.id, number).await?;
            Ok::<_, ApiError>(piece.map(|piece| (Bytes::from(piece), number + 1)))
        }
    });
    let bytes = u64::try_from(account_export.bytes).unwrap_or_default();
    Ok(answer.body(SizedStream::new(bytes, Box::pin(pieces))))
}

/// Delete the account export
///
/// Also cancels an export that is still being created.
#[utoipa::path(
    delete, path = "/me/export", operation_id = "delete_account_export", tag = "Account",
    responses((status = 204, description = "Deleted")),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn delete(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity()).await?;
    Ok(HttpResponse::NoContent().finish())
}
