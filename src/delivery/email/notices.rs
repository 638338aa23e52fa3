//! Mails about an event: what happened to the account, and what the owner can do about it.

use diesel_async::AsyncPgConnection;

use super::Mail;
use crate::{
    auth::{
        audit::{self, EventKind},
        grants,
    },
    delivery::DeliveryContext,
    error::{ApiError, ApiResult},
    outbox::store::Claimed,
};

/// The mail, or `None` if the event is no longer stored.
pub async fn compose(
    parts: &DeliveryContext,
    conn: &AsyncPgConnection,
    message: &Claimed,
) -> ApiResult<Option<Mail>> {
    let Some(event) = audit::store::find(conn, message.subject_id).await? else {
        return Ok(None);
    };
    let kind: EventKind = event.kind.parse().map_err(ApiError::internal)?;
    let what = sentence(kind, event.method.as_deref())?;
    let still_open = match event.user_id.filter(|_| ends_sessions(kind)) {
        Some(user_id) => grants::store::still_open(conn, user_id).await?.in_words(),
        None => String::new(),
    };
    Mail::security_notice(parts, &what, &event, &still_open, can_reset(kind)).map(Some)
}

/// Whether the event ended sessions of somebody who may still have other access.
fn ends_sessions(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::PasswordChanged | EventKind::PasswordReset | EventKind::RefreshTokenReused
    )
}

/// Whether the reader of the mail can recover the account by its address.
fn can_reset(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::EmailChanged
            | EventKind::AccountDeleted
            | EventKind::AccountLocked
            | EventKind::AccountUnlocked
    )
}

/// What happened, for the subject and the first line.
fn sentence(kind: EventKind, method: Option<&str>) -> ApiResult<String> {
    let provider = match method {
        Some("google") => "Google",
        Some("facebook") => "Facebook",
        _ => "your identity provider",
    };
    Ok(match kind {
        EventKind::RefreshTokenReused => {
            "A session was ended because somebody else may have had access to it".to_owned()
        }
        EventKind::EmailChanged => "The address of your account was changed".to_owned(),
        EventKind::PasswordChanged | EventKind::PasswordReset => {
            "Your password was changed".to_owned()
        }
        EventKind::PhoneVerified => "Your phone number can now be used to log in".to_owned(),
        EventKind::PhoneRemoved => "Your phone number can no longer be used to log in".to_owned(),
        EventKind::ProviderLinked => format!("{provider} can now be used to log in"),
        EventKind::ProviderUnlinked => format!("{provider} can no longer be used to log in"),
        EventKind::TokenCreated => {
            "A personal access token was created for your account".to_owned()
        }
        EventKind::WebhookCreated => {
            let host = method.unwrap_or("another service");
            format!("Changes in your log are now sent to {host}")
        }
        EventKind::WebhookDisabled => {
            let host = method.unwrap_or("another service");
            format!("The webhook to {host} was disabled because its deliveries failed")
        }
        EventKind::ShareCreated => {
            "A link was created that lets anyone see a picture of your log".to_owned()
        }
        EventKind::ExportCreated => "Your whole account is being exported".to_owned(),
        EventKind::AccountLocked => "Your account was locked".to_owned(),
        EventKind::AccountUnlocked => "Your account was unlocked".to_owned(),
        EventKind::AccountDeleted => "Your account was deleted".to_owned(),
        EventKind::InvitationCreated => "You invited somebody to this server".to_owned(),
        EventKind::AdminGranted => "You are now an admin of this server".to_owned(),
        EventKind::AdminRevoked => "You are no longer an admin of this server".to_owned(),
        EventKind::Login
        | EventKind::LoginFailed
        | EventKind::LoggedOut
        | EventKind::SessionEnded
        | EventKind::OtherSessionsEnded
        | EventKind::SessionDeviceChanged
        | EventKind::RefreshRefused
        | EventKind::TokenDeleted
        | EventKind::WebhookDeleted
        | EventKind::ShareDeleted
        | EventKind::ShareRefused
        | EventKind::ExportDownloaded
        | EventKind::ExportRefused
        | EventKind::EmailVerified
        | EventKind::ResetGranted
        | EventKind::InvitationDeleted
        | EventKind::InvitationAccepted => {
            return Err(ApiError::internal("no mail is sent for this event"));
        }
    })
}
