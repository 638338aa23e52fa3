//! The content of text messages, rendered when a message is sent. The code comes first, so that it
//! is visible in a phone's preview. The last line lets phones fill in the code, only on our own
//! pages. See <https://wicg.github.io/sms-one-time-codes/>.

use askama::Template;

use crate::{
    delivery::DeliveryContext,
    error::{ApiError, ApiResult},
    outbox::MessageKind,
};

/// A rendered text message.
#[derive(Clone)]
pub struct Text {
    /// The kind of message, which is part of the file name in a mailbox folder.
    pub kind: &'static str,
    pub body: String,
}

#[derive(Template)]
#[template(path = "delivery/templates/login_code.sms.txt", escape = "none")]
struct LoginCode<'a> {
    product: &'a str,
    domain: &'a str,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "delivery/templates/phone_code.sms.txt", escape = "none")]
struct PhoneCode<'a> {
    product: &'a str,
    domain: &'a str,
    code: &'a str,
}

impl Text {
    /// A message with a code, to log in or to verify the phone number.
    pub fn code(parts: &DeliveryContext, kind: MessageKind, code: &str) -> ApiResult<Self> {
        let (product, domain) = (parts.product_name.as_str(), parts.domain.as_str());
        if kind == MessageKind::PhoneCode {
            Self::new("phone_code", PhoneCode { product, domain, code }.render())
        } else {
            Self::new("login_code", LoginCode { product, domain, code }.render())
        }
    }

    /// A test message for the operator.
    pub fn test(product: &str) -> Self {
        Self { kind: "test", body: format!("{product} can send text messages.") }
    }

    fn new(kind: &'static str, rendered: askama::Result<String>) -> ApiResult<Self> {
        Ok(Self { kind, body: rendered.map_err(ApiError::internal)? })
    }
}
