//! Hears that something was enqueued, on a connection of its own, and wakes the relay.

use std::{convert::Infallible, time::Duration};

use actix::Addr;
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;

use super::relay::{Relay, Wake};
use crate::{db::Connector, error::ApiError, outbox::store::NOTIFY_CHANNEL};

const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Listens for ever, connecting again whenever the connection breaks.
pub async fn listen(connector: Connector, relay: Addr<Relay>) {
    loop {
        let Err(error) = listen_once(&connector, &relay).await;
        tracing::warn!(error.cause = ?error.cause, "not listening for new messages; the relay polls meanwhile");
        tokio::time::sleep(RECONNECT_AFTER).await;
    }
}

async fn listen_once(connector: &Connector, relay: &Addr<Relay>) -> Result<Infallible, ApiError> {
    let mut conn = connector.connect().await.map_err(ApiError::database_unavailable)?;
    diesel::sql_query(format!("LISTEN {NOTIFY_CHANNEL}")).execute(&mut conn).await?;
    // What was enqueued while nobody listened was not heard.
    relay.do_send(Wake);
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        notification?;
        relay.do_send(Wake);
    }
    Err(ApiError::database_unavailable("the listening connection ended"))
}
