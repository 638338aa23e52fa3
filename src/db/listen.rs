//! Hearing PostgreSQL's notifications, on a connection of their own.

use std::{convert::Infallible, time::Duration};

use diesel_async::RunQueryDsl;
use futures_util::StreamExt;

use super::Connector;
use crate::error::ApiError;

const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Listens to `channel` for ever, connecting again whenever the connection breaks. `heard` gets what
/// each notification says, and `None` when what was said before may have been missed.
pub async fn listen(connector: Connector, channel: &str, heard: impl Fn(Option<&str>)) {
    loop {
        let Err(error) = listen_once(&connector, channel, &heard).await;
        tracing::warn!(error.cause = ?error.cause, db.channel = channel, "not listening; polling meanwhile");
        tokio::time::sleep(RECONNECT_AFTER).await;
    }
}

async fn listen_once(
    connector: &Connector,
    channel: &str,
    heard: impl Fn(Option<&str>),
) -> Result<Infallible, ApiError> {
    let mut conn = connector.connect().await.map_err(ApiError::database_unavailable)?;
    diesel::sql_query(format!("LISTEN {channel}")).execute(&mut conn).await?;
    heard(None);
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        heard(Some(&notification?.payload));
    }
    Err(ApiError::database_unavailable("the listening connection ended"))
}
