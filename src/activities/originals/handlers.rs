//! HTTP to store and back.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{
        self, AcceptEncoding, Charset, ContentDisposition, DispositionParam, DispositionType,
        Encoding, ExtendedValue, Header,
    },
    web::Data,
};
use uuid::Uuid;

use super::{storage::unpacked, store};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiError, ApiResult, ErrorCode},
    http::ApiPath,
    state::WorkerState,
};

/// The file that an activity was made of, as it came.
///
/// With `Accept-Encoding: gzip` it may come compressed: what is unpacked is the file, byte by byte.
#[utoipa::path(
    get, path = "/activities/{id}/original", operation_id = "get_original", tag = "Activities",
    params(("id" = Uuid, Path)),
    responses((
        status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Its name")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NoOriginal, ErrorCode::StorageUnavailable]))),
)]
pub async fn original(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let identity = user.identity();
    let found = {
        let conn = state.pool.get().await?;
        identity.found(store::find(&conn, identity, id.0).await?, &conn).await?
    };
    let mut original = found
        .ok_or_else(|| ApiError::new(ErrorCode::NoOriginal, "this activity was made of no file"))?;
    let name = std::mem::take(&mut original.file_name);
    let file = state.originals.read(identity.user_id, original).await?;
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.into_bytes(),
    };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/octet-stream").insert_header(disposition);
    if file.is_packed && takes_gzip(&request) {
        // As it is kept, so that nothing is packed anew.
        return Ok(answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .insert_header((header::VARY, "accept-encoding"))
            .body(file.data));
    }
    Ok(answer.body(unpacked(file).await?))
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let ours = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(ours.iter()) == Some(Encoding::gzip()))
}
