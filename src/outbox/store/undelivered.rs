//! The delivery problems that are shown to the owner of an account. They concern the current
//! address and number, so messages to other addresses do not count.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    db::{FetchOne, FixedSql, fixed_query},
    outbox::Undelivered,
};

/// Must follow a common table expression `ended (user_id, channel, status, sent_to, failure)`, with
/// a failure unless the message was sent. Both updates compare the address after its row is locked,
/// and write nothing if nothing changes.
pub(super) const NOTE: &str = "
    noted_mail AS (
        UPDATE users u SET email_failure = e.failure,
            email_failed_at = CASE WHEN e.failure IS NOT NULL THEN coalesce(u.email_failed_at, now()) END
        FROM ended e
        WHERE e.channel = 'email' AND e.status IN ('sent', 'dead', 'expired')
          AND u.id = e.user_id AND u.email = e.sent_to AND u.email_failure IS DISTINCT FROM e.failure),
    noted_text AS (
        UPDATE profiles p SET phone_failure = e.failure,
            phone_failed_at = CASE WHEN e.failure IS NOT NULL THEN coalesce(p.phone_failed_at, now()) END
        FROM ended e
        WHERE e.channel = 'sms' AND e.status IN ('sent', 'dead', 'expired')
          AND p.user_id = e.user_id AND p.phone_number = e.sent_to
          AND p.phone_failure IS DISTINCT FROM e.failure)";

/// Marks a text message as dead that the provider accepted but then could not deliver. False unless
/// its status is `sent`. The outcome of every attempt is then known, so an operator may retry it.
pub async fn give_up_sent(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    class: &str,
    code: &str,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        given_up: i64,
    }
    // Every text message contains a code, so its challenge has the number to which it was sent.
    let row: Row = FixedSql::new(format!(
        "WITH ended AS (
            UPDATE outbox SET status = 'dead', last_error_class = $2, last_error_code = $3,
                unconfirmed = 0, finished_at = now()
            WHERE id = $1 AND status = 'sent' AND channel = 'sms'
            RETURNING user_id, channel, status, $4 AS failure,
                (SELECT destination FROM otp_challenges c WHERE c.id = subject_id) AS sent_to), {NOTE}
         SELECT count(*) AS given_up FROM ended"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(class)
    .bind::<Text, _>(code)
    .bind::<Text, _>(Undelivered::of(class, Some(code)).to_string())
    .fetch_one(&mut conn)
    .await?;
    Ok(row.given_up == 1)
}

/// An expired message, and where it would have been sent.
#[derive(QueryableByName)]
pub(super) struct Expired {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub sent_to: Option<String>,
}

/// Records for the owners that these messages were not delivered.
pub(super) async fn note_expired(
    mut conn: &AsyncPgConnection,
    expired: &[Expired],
) -> QueryResult<()> {
    let user_ids: Vec<_> = expired.iter().map(|message| message.user_id).collect();
    let channels: Vec<_> = expired.iter().map(|message| message.channel.as_str()).collect();
    let addresses: Vec<_> = expired.iter().map(|message| message.sent_to.as_deref()).collect();
    FixedSql::<Untyped>::new(format!(
        "WITH ended AS (SELECT *, 'expired' AS status, $4 AS failure
                        FROM unnest($1, $2, $3) AS e (user_id, channel, sent_to)), {NOTE}
         SELECT"
    ))
    .bind::<Array<Nullable<SqlUuid>>, _>(user_ids)
    .bind::<Array<Text>, _>(channels)
    .bind::<Array<Nullable<Text>>, _>(addresses)
    .bind::<Text, _>(Undelivered::NotInTime.to_string())
    .execute(&mut conn)
    .await
    .map(drop)
}

/// The number of email addresses and of phone numbers that began to fail within the last hour. Each
/// counts once, however many messages to it are rejected.
pub async fn newly_unreachable(
    mut conn: &AsyncPgConnection,
) -> QueryResult<[(&'static str, i64); 2]> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        email: i64,
        #[diesel(sql_type = BigInt)]
        sms: i64,
    }
    let row: Row = fixed_query(
        "SELECT (SELECT count(*) FROM users WHERE email_failed_at > now() - interval '1 hour') AS email,
                (SELECT count(*) FROM profiles WHERE phone_failed_at > now() - interval '1 hour') AS sms",
    )
    .fetch_one(&mut conn)
    .await?;
    Ok([("email", row.email), ("sms", row.sms)])
}
