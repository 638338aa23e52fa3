//! HTTP handler that streams an export.

use std::rc::Rc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, ContentDisposition, DispositionParam, DispositionType},
    },
    web::{Bytes, Data},
};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    format::Format,
    service::{self, ExportPosition},
};
use crate::{
    activities::{list::FilterParams, types::Activity},
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiError, ApiResult},
    fair_use,
    http::ApiQuery,
    state::WorkerState,
};

/// Query parameters of `GET /activities/export`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    #[serde(default)]
    #[param(inline, required = false)]
    format: Format,
    /// For `csv`: leave text unchanged, even where a spreadsheet takes it for a formula.
    #[serde(default)]
    raw: bool,
}

/// Export activities
///
/// Streams all activities, or those that the filters select, newest first. If an export fails
/// midway, the connection is closed before the body is complete.
#[utoipa::path(
    get, path = "/activities/export", operation_id = "export_activities", tag = "Activities",
    params(ExportParams, FilterParams),
    responses((
        status = 200, description = "The activities", headers(("Content-Disposition" = String)),
        content(
            (String = "application/x-ndjson"),
            (String = "text/csv; charset=utf-8"),
            (Export = "application/json"),
        ),
    )),
)]
pub async fn export(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    params: ApiQuery<ExportParams>,
    filter: ApiQuery<FilterParams>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let format = match params.0 {
        ExportParams { format: Format::Csv, raw: true } => Format::RawCsv,
        ExportParams { format, .. } => format,
    };
    let filter = Rc::new(filter.0.parse()?);
    let identity = user.identity();
    let file = DispositionParam::Filename(format!("activities.{format}"));
    let disposition =
        ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![file] };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, format.content_type())).insert_header(disposition);
    if request.method() == Method::HEAD {
        // The body of a response to HEAD would be produced all the same, and discarded.
        return Ok(answer.finish());
    }
    let permit = fair_use::stream().await?;
    // Read the first piece before sending anything, so that a failure is answered with an error.
    let first = match service::piece(&state, identity, &filter, ExportPosition::default()).await? {
        Some((activities, next)) => {
            let piece = [format.head().into_bytes(), format.write(&activities, true)?].concat();
            (piece, Stage::Next(next))
        }
        None => (format.head().into_bytes(), Stage::Tail),
    };
    let pieces = stream::try_unfold(Stage::Ready(first.0, Box::new(first.1)), move |stage| {
        // Captures `permit`, so that it is held until the stream ends.
        let (state, filter, _) = (state.clone(), Rc::clone(&filter), &permit);
        async move {
            let (piece, next) = match stage {
                Stage::Ready(piece, next) => (piece, *next),
                Stage::Next(place) => match service::piece(&state, identity, &filter, place).await?
                {
                    Some((activities, next)) => {
                        (format.write(&activities, false)?, Stage::Next(next))
                    }
                    None => (format.tail().into(), Stage::Over),
                },
                Stage::Tail => (format.tail().into(), Stage::Over),
                Stage::Over => return Ok(None),
            };
            Ok::<_, ApiError>(Some((Bytes::from(piece), next)))
        }
    });
    Ok(answer.streaming(pieces))
}

/// What to send next.
enum Stage {
    Ready(Vec<u8>, Box<Stage>),
    Next(ExportPosition),
    Tail,
    Over,
}

/// Body of a JSON export, for the API reference.
#[derive(utoipa::ToSchema)]
pub struct Export {
    #[schema(rename = "activities")]
    _activities: Vec<Activity>,
}
