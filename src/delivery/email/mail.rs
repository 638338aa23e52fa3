//! The content of mails: subject, text and HTML, rendered when a mail is sent.

use askama::Template;

use crate::{
    auth::audit::store::RecordedEvent,
    credentials::OneTimeToken,
    delivery::DeliveryContext,
    error::{ApiError, ApiResult},
    outbox::MessageKind,
};

/// A rendered mail.
pub struct Mail {
    /// The kind of message, which is part of the file name in a mailbox folder.
    pub kind: &'static str,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The link or code in the mail, for the log of a development server.
    pub key: Option<String>,
}

/// A template file and its variables.
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

template!(CodeText { product, base_url, code, use_for } = "delivery/templates/code.txt");
template!(CodeHtml { product, base_url, code, use_for } = "delivery/templates/code.html");
template!(
    NoticeText { product, base_url, what, when, device, still_open, link } =
        "delivery/templates/security_notice.txt"
);
template!(
    NoticeHtml { product, base_url, what, when, device, still_open, link } =
        "delivery/templates/security_notice.html"
);
template!(GarminReauthText { product, base_url } = "delivery/templates/garmin_reauth.txt");
template!(GarminReauthHtml { product, base_url } = "delivery/templates/garmin_reauth.html");
template!(TestText { product, base_url } = "delivery/templates/test.txt");
template!(TestHtml { product, base_url } = "delivery/templates/test.html");

impl Mail {
    /// "Confirm your address".
    pub fn verify_email(parts: &DeliveryContext, token: &OneTimeToken) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let url = link(base_url, "verify-email", token);
        let link = url.as_str();
        let text = VerifyEmailText { product, base_url, link };
        let html = VerifyEmailHtml { product, base_url, link };
        let subject = format!("Confirm your address for {product}");
        Self::new("verify_email", subject, &text, &html)?.with_key(url)
    }

    /// "Choose a new password".
    pub fn reset_password(parts: &DeliveryContext, token: &OneTimeToken) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let url = link(base_url, "reset-password", token);
        let link = url.as_str();
        let text = ResetPasswordText { product, base_url, link };
        let html = ResetPasswordHtml { product, base_url, link };
        let subject = format!("Choose a new password for {product}");
        Self::new("reset_password", subject, &text, &html)?.with_key(url)
    }

    /// "You already have an account".
    pub fn account_exists(parts: &DeliveryContext) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let text = AccountExistsText { product, base_url };
        let html = AccountExistsHtml { product, base_url };
        let subject = format!("You already have an account at {product}");
        Self::new("account_exists", subject, &text, &html)
    }

    /// A mail with a code. The subject begins with the code, so that a phone shows it without
    /// opening the mail.
    pub fn code(parts: &DeliveryContext, kind: MessageKind, code: &str) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let (name, use_for) = match kind {
            MessageKind::EmailCode => ("email_code", format!("confirm your address for {product}")),
            MessageKind::ChangeCode => {
                ("change_code", format!("confirm a change of your account at {product}"))
            }
            _ => ("login_code", format!("log in to {product}")),
        };
        let use_for = use_for.as_str();
        let text = CodeText { product, base_url, code, use_for };
        let html = CodeHtml { product, base_url, code, use_for };
        let subject = format!("{code} is your {product} code");
        Self::new(name, subject, &text, &html)?.with_key(code.to_owned())
    }

    /// A notice that a login method or other access to the account changed. `can_reset` says
    /// whether a new password would help the owner.
    pub fn security_notice(
        parts: &DeliveryContext,
        what: &str,
        event: &RecordedEvent,
        still_open: &str,
        can_reset: bool,
    ) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let when = event.at.format("%-d %B %Y, %H:%M UTC").to_string();
        let (when, device) = (when.as_str(), event.device.as_deref().unwrap_or_default());
        let reset = format!("{base_url}/reset-password");
        let link = if can_reset { reset.as_str() } else { "" };
        let text = NoticeText { product, base_url, what, when, device, still_open, link };
        let html = NoticeHtml { product, base_url, what, when, device, still_open, link };
        Self::new("security_notice", format!("{what} ({product})"), &text, &html)
    }

    /// "Connect Garmin again".
    pub fn garmin_reauth(parts: &DeliveryContext) -> ApiResult<Self> {
        let (product, base_url) = names(parts);
        let text = GarminReauthText { product, base_url };
        let html = GarminReauthHtml { product, base_url };
        let subject = format!("Connect Garmin with {product} again");
        Self::new("garmin_reauth", subject, &text, &html)
    }

    /// A test mail for the operator.
    pub fn test(product: &str, base_url: &str) -> ApiResult<Self> {
        let text = TestText { product, base_url };
        let html = TestHtml { product, base_url };
        Self::new("test", format!("{product} can send mail"), &text, &html)
    }

    fn new(
        kind: &'static str,
        subject: String,
        text: &impl Template,
        html: &impl Template,
    ) -> ApiResult<Self> {
        let text = text.render().map_err(ApiError::internal)?;
        let html = html.render().map_err(ApiError::internal)?;
        Ok(Self { kind, subject, text, html, key: None })
    }

    fn with_key(self, key: String) -> ApiResult<Self> {
        Ok(Self { key: Some(key), ..self })
    }
}

fn names(parts: &DeliveryContext) -> (&str, &str) {
    (&parts.product_name, &parts.base_url)
}

/// A link to one of our pages. The token is in the fragment, which browsers do not send.
fn link(base_url: &str, page: &str, token: &OneTimeToken) -> String {
    format!("{base_url}/{page}#token={}", token.expose())
}
