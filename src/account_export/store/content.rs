//! The content of an account, piece by piece, in an order that is the same on any server.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Bytea, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{
        Activity,
        export::{BYTES, Size},
        originals::Original,
    },
    db::{FetchOne, JsonText, schema::activities},
};

/// The position of a line among those of its kind: its start time and its id.
pub type ExportPosition = (DateTime<Utc>, Uuid);

/// The position before the first line: older than any activity, but within PostgreSQL's range.
pub fn start() -> ExportPosition {
    (DateTime::UNIX_EPOCH - TimeDelta::weeks(150_000), Uuid::nil())
}

/// An activity as a line.
#[derive(QueryableByName)]
pub struct Line {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub json: String,
}

/// Packed streams.
#[derive(QueryableByName)]
pub struct PackedStreams {
    #[diesel(sql_type = SqlUuid)]
    pub activity_id: Uuid,
    #[diesel(sql_type = Bytea)]
    pub data: Vec<u8>,
}

/// Sets the time zone to UTC until the transaction ends.
pub async fn tell_time_in_utc(mut conn: &AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query("SET LOCAL TIME ZONE 'UTC'").execute(&mut conn).await.map(drop)
}

/// The number of activities, and the number of pieces including files and streams.
pub async fn count(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<(i64, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        activities: i64,
        #[diesel(sql_type = BigInt)]
        pieces: i64,
    }
    let row: Row = diesel::sql_query(
        "SELECT (SELECT count(*) FROM activities WHERE user_id = $1) AS activities,
                (SELECT count(*) FROM activities WHERE user_id = $1)
                + (SELECT count(*) FROM originals WHERE user_id = $1)
                + (SELECT count(*) FROM activity_streams s JOIN activities a ON a.id = s.activity_id
                   WHERE a.user_id = $1) AS pieces",
    )
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await?;
    Ok((row.activities, row.pieces))
}

/// The next activities after a position, with everything that belongs to them and nothing that is
/// specific to this server: those that refer to other activities if `refers`, otherwise those that
/// do not. At most `limit`, and no more after 1 MiB is reached.
pub async fn lines(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    refers: bool,
    (started_at, id): ExportPosition,
    limit: i64,
) -> QueryResult<Vec<Line>> {
    diesel::sql_query(
        "WITH next AS (
            SELECT a.id, a.started_at,
                (to_jsonb(a) - ARRAY['user_id', 'original_id', 'revision', 'created_at', 'updated_at']
                 || jsonb_build_object('original', encode(o.sha256, 'hex'))
                 -- The times that show whether it was changed are not exported.
                 || CASE WHEN a.edited IS NULL AND a.updated_at <> a.created_at
                         THEN jsonb_build_object('edited', ARRAY['*']) ELSE '{}' END)::text AS json
         FROM activities a LEFT JOIN originals o ON o.id = a.original_id
         WHERE a.user_id = $1 AND (a.parent_id IS NOT NULL OR a.merged_into IS NOT NULL) = $2
           AND (a.started_at, a.id) > ($3, $4)
         ORDER BY a.started_at, a.id LIMIT $5),
         summed AS (
            SELECT *, sum(octet_length(json)) OVER (ORDER BY started_at, id) - octet_length(json) AS before FROM next)
         SELECT id, started_at, json FROM summed WHERE before < 1024 * 1024 ORDER BY started_at, id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Bool, _>(refers)
    .bind::<Timestamptz, _>(started_at)
    .bind::<SqlUuid, _>(id)
    .bind::<BigInt, _>(limit)
    .load(&mut conn)
    .await
}

/// The sizes of the next `limit` activities that lists show, after the id `after`, ordered by id.
pub async fn sizes(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let sizes: Vec<Size> = diesel::sql_query(format!(
        "SELECT {BYTES} AS bytes FROM activities WHERE user_id = $1 AND merged_into IS NULL AND id > $2
         ORDER BY id LIMIT $3"
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(after)
    .bind::<BigInt, _>(limit)
    .load(&mut conn)
    .await?;
    Ok(sizes.into_iter().map(|size| size.bytes).collect())
}

/// The next `limit` activities that lists show, after the id `after`, ordered by id.
pub async fn shown(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<Activity>> {
    activities::table
        .filter(activities::user_id.eq(user_id))
        .filter(activities::merged_into.is_null())
        .filter(activities::id.gt(after))
        .order(activities::id)
        .limit(limit)
        .select(Activity::as_select())
        .load(&mut conn)
        .await
}

/// The next file after the digest `after`.
pub async fn original(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    after: &[u8],
) -> QueryResult<Option<Original>> {
    diesel::sql_query(
        "SELECT sha256, file_name, content, is_packed FROM originals WHERE user_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT 1",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Bytea, _>(after)
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// The next streams after those of the activity `after`.
pub async fn streams(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    after: Uuid,
) -> QueryResult<Option<PackedStreams>> {
    diesel::sql_query(
        "SELECT s.activity_id, s.data FROM activity_streams s JOIN activities a ON a.id = s.activity_id
         WHERE a.user_id = $1 AND s.activity_id > $2 ORDER BY s.activity_id LIMIT 1",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(after)
    .fetch_one(&mut conn)
    .await
    .optional()
}

#[derive(QueryableByName)]
struct Json {
    #[diesel(sql_type = Jsonb)]
    json: JsonText,
}

/// The profile of the account.
pub async fn profile(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Option<JsonText>> {
    let found: Option<Json> = diesel::sql_query(
        "SELECT jsonb_build_object('display_name', display_name, 'preferred_units', preferred_units,
                                   'time_zone', time_zone,
                                   'preferences', preferences,
             'privacy_zones', (SELECT coalesce(jsonb_agg(jsonb_build_object('latitude', latitude, 'longitude', longitude,
                                   'radius_meters', radius_meters) ORDER BY number), '[]')
                               FROM privacy_zones z WHERE z.user_id = p.user_id),
             'privacy_places', (SELECT coalesce(jsonb_agg(to_jsonb(l) - ARRAY['id', 'user_id']
                                    ORDER BY latitude, longitude, centre_latitude, centre_longitude), '[]')
                                FROM privacy_places l WHERE l.user_id = p.user_id),
             'goals', (SELECT coalesce(jsonb_agg(jsonb_build_object('metric', metric, 'period', period, 'target', target,
                           'activity_type', activity_type) ORDER BY created_at, id), '[]')
                       FROM goals g WHERE g.user_id = p.user_id)) AS json
         FROM profiles p WHERE user_id = $1",
    )
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(found.map(|found| found.json))
}

/// The account with its login methods and connections, without secrets.
pub async fn account(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<JsonText> {
    let found: Json = diesel::sql_query(
        "SELECT jsonb_build_object(
            'id', u.id, 'email', u.email, 'created_at', u.created_at, 'is_admin', u.is_admin,
            'email_failure', u.email_failure, 'email_failed_at', u.email_failed_at,
            'phone_number', p.phone_number, 'phone_verified', p.phone_verified,
            'phone_failure', p.phone_failure, 'phone_failed_at', p.phone_failed_at,
            'has_password', EXISTS (SELECT FROM local_credentials c WHERE c.user_id = u.id AND c.password_hash IS NOT NULL),
            'connections', (SELECT coalesce(jsonb_agg(jsonb_build_object('provider', provider, 'name', name, 'email', email,
                                'linked_at', created_at) ORDER BY created_at), '[]') FROM oauth_connections o WHERE o.user_id = u.id),
            'garmin', (SELECT jsonb_build_object('mode', mode, 'connected_at', created_at, 'last_success_at', last_success_at)
                       FROM garmin_connections g WHERE g.user_id = u.id),
            'webhooks', (SELECT coalesce(jsonb_agg(jsonb_build_object('url', url, 'events', events, 'created_at', created_at)
                                ORDER BY created_at), '[]') FROM webhooks w WHERE w.user_id = u.id),
            'shares', (SELECT coalesce(jsonb_agg(picture || jsonb_build_object('created_at', created_at, 'expires_at', expires_at)
                                ORDER BY created_at), '[]') FROM shares h WHERE h.user_id = u.id
                                AND coalesce(h.expires_at > now(), true)),
            'invitations', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', email, 'uses', uses, 'used', used,
                                'created_at', created_at, 'expires_at', expires_at) ORDER BY created_at), '[]')
                            FROM invitations i WHERE i.user_id = u.id),
            'tokens', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'scopes', t.scopes, 'created_at', t.created_at)
                                ORDER BY t.created_at), '[]')
                       FROM personal_tokens t JOIN sessions s ON s.id = t.id WHERE s.user_id = u.id)) AS json
         FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE u.id = $1",
    )
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await?;
    Ok(found.json)
}
