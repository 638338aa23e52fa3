//! Conditional requests (RFC 9110, section 13): they prevent lost updates and repeated downloads.

use std::{
    future::{Ready, ready},
    iter,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, ContentType, ETag, EntityTag, HeaderValue},
    web::Bytes,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use twox_hash::XxHash3_128;
use utoipa::IntoParams;

use super::entity_tags::{Tags, tags};
use crate::error::{ApiError, ApiResult, ErrorCode};

/// The `If-Match` header: the entity tags that a change applies to. Without the
/// header, any version.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<StrongTags>);

/// The strong tags. Weak ones never match (RFC 9110, section 13.1.1).
#[derive(Clone, Debug, Default)]
struct StrongTags {
    tags: Vec<String>,
    /// Whether the client sent only weak tags.
    were_weak: bool,
}

/// `If-Match`, for the API reference.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatchParam {
    /// The `ETag` of the version to change. 412 `version_mismatch` if it has been
    /// changed meanwhile.
    #[param(
        rename = "If-Match",
        nullable = false,
        pattern = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#
    )]
    _if_match: Option<String>,
}

/// `If-None-Match`, for the API reference.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfNoneMatchParam {
    /// The `ETag` of the version that the client has. 304 if it is still current.
    #[param(
        rename = "If-None-Match",
        nullable = false,
        pattern = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#
    )]
    _if_none_match: Option<String>,
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(request))
    }
}

fn if_match(request: &HttpRequest) -> ApiResult<IfMatch> {
    Ok(match tags(request, header::IF_MATCH)? {
        // `*` matches anything that exists, and anything else is a 404 anyway.
        None | Some(Tags::Any) => IfMatch(None),
        Some(Tags::These(tags)) => {
            let strong = tags.iter().filter(|tag| !tag.is_weak);
            IfMatch(Some(StrongTags {
                tags: strong.flat_map(|tag| forms(&tag.text)).map(str::to_owned).collect(),
                were_weak: tags.iter().all(|tag| tag.is_weak),
            }))
        }
    })
}

/// `If-None-Match: *` on a request that creates something: only if it does not exist.
#[derive(Clone, Copy, Debug)]
pub struct IfAbsent(pub bool);

/// [`IfAbsent`], for the API reference.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfAbsentParam {
    /// `*`: change nothing that exists or was deleted. 412 `already_exists` or `already_deleted`.
    #[param(rename = "If-None-Match", nullable = false, pattern = r"^\*$")]
    _if_none_match: Option<String>,
}

impl FromRequest for IfAbsent {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match tags(request, header::IF_NONE_MATCH) {
            Ok(None) => Ok(Self(false)),
            Ok(Some(Tags::Any)) => Ok(Self(true)),
            // A tag refers to an existing version, and a new item has none.
            Ok(Some(Tags::These(_))) => {
                let problem = "must be * when an item is created";
                Err(ApiError::invalid_parameter("If-None-Match", problem))
            }
            Err(error) => Err(error),
        })
    }
}

/// The tag as received, and without the suffix that a compressing proxy appended: `65-gzip`
/// (Apache, Caddy), `65--gzip` (Jetty), `65;br`.
fn forms(tag: &str) -> impl Iterator<Item = &str> {
    const CODINGS: [&str; 5] = ["gzip", "br", "zstd", "deflate", "df"];
    let unmarked = CODINGS.into_iter().find_map(|coding| {
        let marked = tag.strip_suffix(coding)?;
        let tag = marked.trim_end_matches(['-', ';', ':', '+']);
        (tag.len() < marked.len()).then_some(tag)
    });
    iter::once(tag).chain(unmarked)
}

impl IfMatch {
    /// The revisions that match, and whether any revision matches.
    pub fn revisions(&self) -> (Vec<i64>, bool) {
        let tags = self.0.iter().flat_map(|expected| &expected.tags);
        (tags.filter_map(|tag| tag.parse().ok()).collect(), self.0.is_none())
    }

    /// 412 unless the current `value` matches.
    pub fn check(&self, value: &impl Serialize) -> ApiResult<()> {
        match &self.0 {
            None => Ok(()),
            Some(expected) if expected.tags.contains(&body_tag(&to_json(value)?)) => Ok(()),
            Some(_) => Err(self.failed()),
        }
    }

    /// 412.
    pub fn failed(&self) -> ApiError {
        let message = if self.0.as_ref().is_some_and(|expected| expected.were_weak) {
            "If-Match has only weak tags, which never match: send the ETag without W/"
        } else {
            "it was changed in the meantime; read it again"
        };
        ApiError::new(ErrorCode::VersionMismatch, message)
    }
}

fn to_json(value: &impl Serialize) -> ApiResult<Vec<u8>> {
    // A smaller capacity would have a list of 12 KB reallocated seven times.
    let mut body = Vec::with_capacity(4096);
    serde_json::to_writer(&mut body, value).map_err(ApiError::internal)?;
    Ok(body)
}

/// A hash of the body. It need not be resistant to collisions, because clients read
/// only their own data.
fn body_tag(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(XxHash3_128::oneshot(body).to_be_bytes())
}

/// The entity tag of a revision.
pub fn revision_tag(revision: i64) -> EntityTag {
    EntityTag::new_strong(revision.to_string())
}

/// 200 with `value` and its tag, or 304 if the client has this version. Without `tag`, the tag is a
/// hash of the body.
pub fn tagged(
    request: &HttpRequest,
    tag: Option<EntityTag>,
    value: &impl Serialize,
) -> ApiResult<HttpResponse> {
    let body = to_json(value)?;
    let tag = tag.unwrap_or_else(|| EntityTag::new_strong(body_tag(&body)));
    let is_known = has(request, &tag)?;
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header(ETag(tag));
    if is_known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type(ContentType::json()).body(body))
}

/// Like [`tagged`], for a body of any type.
pub fn tagged_body(
    request: &HttpRequest,
    content_type: &'static str,
    body: Bytes,
) -> ApiResult<HttpResponse> {
    let tag = EntityTag::new_strong(body_tag(&body));
    if has(request, &tag)? {
        return Ok(HttpResponse::NotModified().insert_header(ETag(tag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header(ETag(tag)).content_type(content_type).body(body))
}

/// Whether `If-None-Match` contains `tag`, by weak comparison (RFC 9110, section 13.1.2).
fn has(request: &HttpRequest, tag: &EntityTag) -> ApiResult<bool> {
    Ok(match tags(request, header::IF_NONE_MATCH)? {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::These(tags)) => {
            tags.iter().flat_map(|theirs| forms(&theirs.text)).any(|theirs| theirs == tag.tag())
        }
    })
}

/// Lets browsers cache the response, but revalidate it before each use.
pub fn cached(mut answer: HttpResponse) -> HttpResponse {
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer
}
