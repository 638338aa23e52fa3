//! HTTP handler for original files.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::header::{
        self, AcceptEncoding, Charset, ContentDisposition, DispositionParam, DispositionType,
        Encoding, ExtendedValue, Header,
    },
    web::{Bytes, Data},
};
use futures_util::stream;
use uuid::Uuid;

use super::{Storage, storage::unpacked, store};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
    http::{ApiPath, Binary},
    state::WorkerState,
};

/// Bytes sent at a time.
const SLICE_BYTES: usize = 64 * 1024;

/// Download an activity's original file
///
/// The file that the activity was imported from, byte for byte. With `Accept-Encoding: gzip`, the
/// response may be compressed.
#[utoipa::path(
    get, path = "/activities/{id}/original", operation_id = "get_original", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity")),
    responses((
        status = 200, description = "The file", body = inline(Binary), content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Name of the file")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NoOriginal, ErrorCode::StorageUnavailable]))),
)]
pub async fn original(
    request: HttpRequest,
    state: Data<WorkerState>,
    originals: Data<Storage>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let identity = user.identity();
    let permit = fair_use::stream().await?;
    let found = {
        let conn = state.pool.get().await?;
        identity.found(store::find(&conn, identity, id.0).await?, &conn).await?
    };
    let mut original = found.ok_or_else(|| {
        ApiError::new(ErrorCode::NoOriginal, "this activity was not created from a file")
    })?;
    let name = std::mem::take(&mut original.file_name);
    let file = originals.read(identity.user_id, original).await?;
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
    let content = if file.is_packed && takes_gzip(&request) {
        // Send the file as it is stored, so that nothing is compressed again.
        answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .insert_header((header::VARY, "accept-encoding"));
        file.data
    } else {
        unpacked(file).await?
    };
    let bytes = content.len() as u64;
    // `permit` is held until the client has read the file.
    let slices = stream::unfold((Bytes::from(content), permit), |(mut rest, permit)| async move {
        let slice = rest.split_to(rest.len().min(SLICE_BYTES));
        (!slice.is_empty()).then_some((Ok::<_, ApiError>(slice), (rest, permit)))
    });
    Ok(answer.body(SizedStream::new(bytes, Box::pin(slices))))
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let ours = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(ours.iter()) == Some(Encoding::gzip()))
}
