//! What a mail says: subject, text and HTML, rendered when it is sent.

use askama::Template;

use super::Parts;
use crate::{
    auth::OneTimeToken,
    error::{ApiError, ApiResult},
    outbox::MessageKind,
};

/// A rendered mail.
pub struct Mail {
    pub kind: MessageKind,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The link it carries, for the log of a development server.
    pub link: Option<String>,
}

/// One template file and the variables it has.
macro_rules! template {
    ($name:ident { $($variable:ident),+ } = $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            $($variable: &'a str,)+
        }
    };
}

template!(VerifyEmailText { product, base_url, link } = "delivery/templates/verify_email.txt");
template!(VerifyEmailHtml { product, base_url, link } = "delivery/templates/verify_email.html");
template!(ResetPasswordText { product, base_url, link } = "delivery/templates/reset_password.txt");
template!(ResetPasswordHtml { product, base_url, link } = "delivery/templates/reset_password.html");
template!(AccountExistsText { product, base_url } = "delivery/templates/account_exists.txt");
template!(AccountExistsHtml { product, base_url } = "delivery/templates/account_exists.html");

/// Renders the mail of `kind`; `token` is what its link proves. It stands in the link's fragment,
/// which browsers keep to themselves.
pub fn render(kind: MessageKind, parts: &Parts, token: Option<&OneTimeToken>) -> ApiResult<Mail> {
    let (product, base_url) = (parts.product_name.as_str(), parts.base_url.as_str());
    let link_to =
        |page: &str| token.map(|token| format!("{base_url}/{page}#token={}", token.expose()));
    let (subject, link, text, html) = match kind {
        MessageKind::VerifyEmail => {
            let url = link_to("verify-email");
            let link = url.as_deref().unwrap_or_default();
            let text = VerifyEmailText { product, base_url, link }.render();
            let html = VerifyEmailHtml { product, base_url, link }.render();
            (format!("Confirm your address for {product}"), url, text, html)
        }
        MessageKind::ResetPassword => {
            let url = link_to("reset-password");
            let link = url.as_deref().unwrap_or_default();
            let text = ResetPasswordText { product, base_url, link }.render();
            let html = ResetPasswordHtml { product, base_url, link }.render();
            (format!("Choose a new password for {product}"), url, text, html)
        }
        MessageKind::AccountExists => {
            let text = AccountExistsText { product, base_url }.render();
            let html = AccountExistsHtml { product, base_url }.render();
            (format!("You already have an account at {product}"), None, text, html)
        }
    };
    let (text, html) = (text.map_err(ApiError::internal)?, html.map_err(ApiError::internal)?);
    Ok(Mail { kind, subject, text, html, link })
}
