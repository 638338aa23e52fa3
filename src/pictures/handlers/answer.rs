//! Pictures as HTTP responses.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::Bytes,
};

use crate::{
    error::{ApiError, ApiResult},
    http::{source_hash, tagged_body},
    pictures::drawing::Theme,
};

/// Returns 200 with the picture, or 304 if the client already has it. The content security policy
/// of an SVG allows its own style sheet and nothing else. `frame_ancestors` may embed it.
pub fn image(
    request: &HttpRequest,
    content: Bytes,
    style: Option<Theme>,
    frame_ancestors: &str,
) -> ApiResult<HttpResponse> {
    let content_type = if style.is_some() { "image/svg+xml" } else { "image/png" };
    let mut answer = tagged_body(request, content_type, content)?;
    if let Some(theme) = style {
        let hash = source_hash(&theme.style());
        let policy =
            format!("default-src 'none'; style-src {hash}; frame-ancestors {frame_ancestors}");
        let policy = HeaderValue::try_from(policy).map_err(ApiError::internal)?;
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}
