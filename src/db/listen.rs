//! Listens for PostgreSQL's notifications, on a dedicated connection.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::{sync::mpsc::UnboundedReceiver, time::timeout};
use tokio_postgres::Notification;

use super::{Connector, trust::Trust};
use crate::error::{ApiError, ApiResult};

const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// How often the listener checks that the server still answers, and the timeout of the check.
const PULSE_EVERY: Duration = Duration::from_secs(5);

/// Listens to `channel` forever and reconnects when the connection breaks. `on_payload` gets the
/// payload of each notification, and `None` whenever earlier notifications may have been missed.
///
/// This check also detects a server that froze or vanished without closing its connections. All
/// other connections to it are then broken off as well.
pub async fn listen(connector: Connector, channel: &str, on_payload: impl Fn(Option<&str>)) {
    let mut is_lost = false;
    loop {
        let error = match open(&connector, channel).await {
            Ok((conn, mut notifications)) => {
                if is_lost {
                    tracing::info!(db.channel = channel, "listening again");
                    is_lost = false;
                }
                on_payload(None);
                let Err(error) =
                    receive(&conn, &mut notifications, channel, connector.trust(), &on_payload)
                        .await;
                error
            }
            Err(error) => error,
        };
        if !is_lost {
            tracing::warn!(error.cause = ?error.cause, db.channel = channel, "cannot listen for notifications; polling in the meantime");
            is_lost = true;
        }
        tokio::time::sleep(RECONNECT_AFTER).await;
    }
}

async fn open(
    connector: &Connector,
    channel: &str,
) -> ApiResult<(AsyncPgConnection, UnboundedReceiver<Notification>)> {
    let connection = connector.direct().connect_to_listen().await;
    let (conn, notifications) = connection.map_err(ApiError::database_unavailable)?;
    subscribe(&conn, channel).await?;
    Ok((conn, notifications))
}

/// A repeated LISTEN does no harm. A server that has become a standby refuses it.
async fn subscribe(mut conn: &AsyncPgConnection, channel: &str) -> ApiResult<()> {
    let listen = diesel::sql_query(format!("LISTEN {channel}"));
    let subscribed = timeout(PULSE_EVERY, listen.execute(&mut conn)).await;
    subscribed.map_err(|_| ApiError::database_unavailable("the server does not respond"))??;
    Ok(())
}

async fn receive(
    conn: &AsyncPgConnection,
    notifications: &mut UnboundedReceiver<Notification>,
    channel: &str,
    trust: &Trust,
    on_payload: &impl Fn(Option<&str>),
) -> ApiResult<Infallible> {
    loop {
        match timeout(PULSE_EVERY, notifications.recv()).await {
            Ok(Some(notification)) => on_payload(Some(notification.payload())),
            Ok(None) => {
                trust.lose(Instant::now());
                return Err(ApiError::database_unavailable("the connection was closed"));
            }
            Err(_) => {
                let asked = Instant::now();
                subscribe(conn, channel).await.inspect_err(|_| trust.break_off(asked))?;
            }
        }
    }
}
