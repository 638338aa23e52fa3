//! Listens for PostgreSQL's notifications, on one dedicated connection of a server.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::{
    sync::{mpsc::UnboundedReceiver, watch},
    time::timeout,
};
use tokio_postgres::Notification;

use super::{Connector, trust::Trust};
use crate::error::{ApiError, ApiResult};

const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// How often the listener checks that the server still answers, and the timeout of the check.
const PULSE_EVERY: Duration = Duration::from_secs(5);

type OnPayload = Box<dyn Fn(Option<&str>)>;

/// The subscribers to the channels of this server.
#[derive(Default)]
pub struct Notifications {
    channels: Vec<(&'static str, OnPayload)>,
}

impl Notifications {
    /// Subscribes to `channel`. `on_payload` gets the payload of each notification, and `None`
    /// whenever earlier notifications may have been missed.
    pub fn subscribe(
        &mut self,
        channel: &'static str,
        on_payload: impl Fn(Option<&str>) + 'static,
    ) {
        self.channels.push((channel, Box::new(on_payload)));
    }

    /// A receiver that changes with each notification of `channel`, and whenever earlier ones may
    /// have been missed.
    pub fn wake(&mut self, channel: &'static str) -> watch::Receiver<()> {
        let (waker, woken) = watch::channel(());
        self.subscribe(channel, move |_| {
            waker.send_replace(());
        });
        woken
    }

    /// Listens forever, and reconnects when the connection breaks.
    ///
    /// This also detects a server that froze or vanished without closing its connections. All
    /// other connections to it are then broken off as well.
    pub async fn listen(self, connector: Connector) {
        let mut is_lost = false;
        loop {
            let error = match self.open(&connector).await {
                Ok((conn, mut received)) => {
                    if is_lost {
                        tracing::info!("listening again");
                        is_lost = false;
                    }
                    for (_, on_payload) in &self.channels {
                        on_payload(None);
                    }
                    let Err(error) = self.receive(&conn, &mut received, connector.trust()).await;
                    error
                }
                Err(error) => error,
            };
            if !is_lost {
                tracing::warn!(error.cause = ?error.cause, "cannot listen for notifications; polling in the meantime");
                is_lost = true;
            }
            tokio::time::sleep(RECONNECT_AFTER).await;
        }
    }

    async fn open(
        &self,
        connector: &Connector,
    ) -> ApiResult<(AsyncPgConnection, UnboundedReceiver<Notification>)> {
        let connection = connector.direct().connect_to_listen().await;
        let (conn, received) = connection.map_err(ApiError::database_unavailable)?;
        for (channel, _) in &self.channels {
            listen(&conn, channel).await?;
        }
        Ok((conn, received))
    }

    async fn receive(
        &self,
        conn: &AsyncPgConnection,
        received: &mut UnboundedReceiver<Notification>,
        trust: &Trust,
    ) -> ApiResult<Infallible> {
        loop {
            match timeout(PULSE_EVERY, received.recv()).await {
                Ok(Some(notification)) => self.pass_on(&notification),
                Ok(None) => {
                    trust.lose(Instant::now());
                    return Err(ApiError::database_unavailable("the connection was closed"));
                }
                Err(_) => {
                    let asked = Instant::now();
                    if let [(channel, _), ..] = &*self.channels {
                        listen(conn, channel).await.inspect_err(|_| trust.break_off(asked))?;
                    }
                }
            }
        }
    }

    fn pass_on(&self, notification: &Notification) {
        let of_channel = |(channel, _): &&(&str, OnPayload)| *channel == notification.channel();
        if let Some((_, on_payload)) = self.channels.iter().find(of_channel) {
            on_payload(Some(notification.payload()));
        }
    }
}

/// A repeated LISTEN does no harm. A server that has become a standby refuses it.
async fn listen(mut conn: &AsyncPgConnection, channel: &str) -> ApiResult<()> {
    let listen = diesel::sql_query(format!("LISTEN {channel}"));
    let listening = timeout(PULSE_EVERY, listen.execute(&mut conn)).await;
    listening.map_err(|_| ApiError::database_unavailable("the server does not respond"))??;
    Ok(())
}
