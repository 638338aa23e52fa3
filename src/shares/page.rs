//! The web page of a share, from which messengers and other sites make a preview (OpenGraph,
//! <https://ogp.me/>). It says nothing that the picture does not show.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
};
use askama::Template;

use super::{handlers::CACHED, service, token::ShareToken};
use crate::{
    error::{ApiError, ApiResult},
    http::{ApiPath, source_hash},
    pictures::Studio,
};

const STYLE: &str = "body{margin:0}img{display:block;width:100%;max-width:800px;margin:auto}";

#[derive(Template)]
#[template(path = "shares/page.html")]
struct SharedPage<'a> {
    title: &'a str,
    product: &'a str,
    /// The absolute URL of the pictures, without their extensions.
    url: &'a str,
    /// The relative URL of the SVG.
    picture: &'a str,
    has_feed: bool,
    style: &'a str,
}

/// Show the page of a shared picture
///
/// HTML with the picture and OpenGraph metadata, so that messengers show a preview of the link.
#[utoipa::path(
    get, path = "/shared/{token}", operation_id = "show_shared_page", tag = "Pictures",
    security(()),
    params(("token" = String, Path, description = "The secret of the share")),
    responses((status = 200, description = "The web page", content_type = "text/html; charset=utf-8", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn shared_page(studio: Studio, token: ApiPath<ShareToken>) -> ApiResult<HttpResponse> {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let style = source_hash(STYLE);
        format!("default-src 'none'; img-src 'self'; style-src {style}; frame-ancestors *")
    });
    let (title, has_feed) = service::title(&studio.state, &token.0).await?;
    let secret = token.0.expose();
    let page = SharedPage {
        title,
        product: &studio.state.product_name,
        url: &format!("{}/shared/{secret}", studio.state.base_url),
        picture: &format!("{secret}.svg"),
        has_feed,
        style: STYLE,
    };
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((CACHE_CONTROL, CACHED))
        .body(page.render().map_err(ApiError::internal)?))
}
