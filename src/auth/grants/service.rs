//! The rules of grants.

use std::collections::BTreeSet;

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{Grant, StillOpen, store};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        store as users,
    },
    error::ApiResult,
};

/// Revokes the grants of these kinds in the caller's transaction, which also ends all sessions.
/// Returns how many grants are left.
pub async fn end(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    grants: &BTreeSet<Grant>,
    device: &Device,
) -> ApiResult<StillOpen> {
    let before = store::still_open(conn, user_id).await?;
    let of = |kind| Event::of(kind, user_id).from(device);
    for grant in grants {
        match grant {
            Grant::Shares => {
                if store::delete_shares(conn, user_id).await? > 0 {
                    audit::record(conn, &of(EventKind::ShareDeleted)).await?;
                }
            }
            Grant::Webhooks => {
                if store::delete_webhooks(conn, user_id).await? > 0 {
                    audit::record(conn, &of(EventKind::WebhookDeleted)).await?;
                }
            }
            Grant::Providers => {
                for provider in store::unlink_providers(conn, user_id).await? {
                    audit::record(conn, &of(EventKind::ProviderUnlinked).by(provider)).await?;
                }
            }
            Grant::Connections => {
                for id in store::connections(conn, user_id).await? {
                    store::disown(conn, id).await?;
                    store::notify_of_connections(conn).await?;
                }
            }
            Grant::Phone => {
                users::set_number(conn, user_id, None).await?;
                if before.phone > 0 {
                    audit::record(conn, &of(EventKind::PhoneRemoved)).await?;
                }
            }
            Grant::Tokens => {}
        }
    }
    Ok(store::still_open(conn, user_id).await?)
}
