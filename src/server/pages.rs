//! The two web pages that links in mails open.
//!
//! The token is in the fragment of the URL, so it never reaches a log. The page sends a POST
//! only when a button is pressed, so a mail scanner that opens the link does not use up the
//! token. The Content-Security-Policy allows one inline style and one inline script, by their
//! hashes, and nothing else.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, ContentType},
    web::Data,
};
use askama::Template;

use super::web::WebClient;
use crate::{
    error::{ApiError, ApiResult},
    http::source_hash,
    state::WorkerState,
};

const STYLE: &str = include_str!("pages/page.css");
const VERIFY_EMAIL: &str =
    concat!(include_str!("pages/page.js"), include_str!("pages/verify_email.js"));
const RESET_PASSWORD: &str =
    concat!(include_str!("pages/page.js"), include_str!("pages/reset_password.js"));

#[derive(Template)]
#[template(path = "server/pages/verify_email.html")]
struct VerifyEmailPage<'a> {
    title: &'a str,
    product: &'a str,
    has_client: bool,
    style: &'a str,
    script: &'a str,
}

#[derive(Template)]
#[template(path = "server/pages/reset_password.html")]
struct ResetPasswordPage<'a> {
    title: &'a str,
    product: &'a str,
    has_client: bool,
    style: &'a str,
    script: &'a str,
}

/// Show the page to verify an address
///
/// The link in the verification mail leads here. The token is in the fragment.
#[utoipa::path(
    get, path = "/verify-email", operation_id = "show_verify_email_page", tag = "Pages",
    security(()),
    responses((status = 200, description = "The web page", content_type = "text/html; charset=utf-8", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn verify_email_page(
    state: Data<WorkerState>,
    client: Data<WebClient>,
) -> ApiResult<HttpResponse> {
    static POLICY: LazyLock<String> = LazyLock::new(|| policy(VERIFY_EMAIL));
    page(
        &POLICY,
        &VerifyEmailPage {
            title: "Confirm your address",
            product: &state.product_name,
            has_client: client.is_on,
            style: STYLE,
            script: VERIFY_EMAIL,
        },
    )
}

/// Show the page to reset a password
///
/// The link in the password mail leads here. The token is in the fragment.
#[utoipa::path(
    get, path = "/reset-password", operation_id = "show_reset_password_page", tag = "Pages",
    security(()),
    responses((status = 200, description = "The web page", content_type = "text/html; charset=utf-8", body = String)),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn reset_password_page(
    state: Data<WorkerState>,
    client: Data<WebClient>,
) -> ApiResult<HttpResponse> {
    static POLICY: LazyLock<String> = LazyLock::new(|| policy(RESET_PASSWORD));
    page(
        &POLICY,
        &ResetPasswordPage {
            title: "Choose a new password",
            product: &state.product_name,
            has_client: client.is_on,
            style: STYLE,
            script: RESET_PASSWORD,
        },
    )
}

fn page(policy: &str, page: &impl Template) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .body(page.render().map_err(ApiError::internal)?))
}

/// See <https://www.w3.org/TR/CSP3/>.
fn policy(script: &str) -> String {
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source_hash(script),
        source_hash(STYLE)
    )
}
