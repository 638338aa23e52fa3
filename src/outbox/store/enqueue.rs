//! Enqueueing messages.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{db::schema::outbox, outbox::Message};

/// The channel of LISTEN and NOTIFY.
pub const NOTIFY_CHANNEL: &str = "outbox";

/// Enqueues a message in the caller's transaction, and cancels queued messages with the same key.
pub async fn enqueue(mut conn: &AsyncPgConnection, message: &Message) -> QueryResult<()> {
    let superseded = outbox::table
        .filter(outbox::supersede_key.eq(&message.supersede_key))
        .filter(outbox::status.eq("queued"));
    diesel::update(superseded)
        .set((outbox::status.eq("cancelled"), outbox::finished_at.eq(now)))
        .execute(&mut conn)
        .await?;
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq(message.kind.to_string()),
            outbox::channel.eq(message.channel.to_string()),
            outbox::user_id.eq(message.user_id),
            outbox::recipient.eq(&message.recipient),
            outbox::subject_id.eq(message.subject_id),
            outbox::supersede_key.eq(&message.supersede_key),
            outbox::priority.eq(message.priority),
            outbox::expires_at.eq(now.into_sql::<Timestamptz>() + message.life_minutes.minutes()),
        ))
        .execute(&mut conn)
        .await?;
    notify(conn).await
}

/// Wakes the relays of all replicas when the transaction commits.
pub async fn notify(mut conn: &AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query(format!("NOTIFY {NOTIFY_CHANNEL}")).execute(&mut conn).await.map(drop)
}
