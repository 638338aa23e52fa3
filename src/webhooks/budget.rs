//! How much is posted on one day: a batch of thousands must not become thousands of posts.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::host_of;
use crate::{
    config::WebhookConfig,
    credentials::{Purpose, ServerKey},
    throttle::daily,
};

/// Takes one of the day's posts: of the user's, and of those that all users together have to the
/// host. False when either is used up. Retries and challenges count.
pub async fn take_post(
    conn: &AsyncPgConnection,
    key: &ServerKey,
    config: &WebhookConfig,
    user_id: Uuid,
    url: &str,
) -> QueryResult<bool> {
    let of_user = key.tag(Purpose::Throttle, "webhook-posts-user", user_id.as_bytes());
    let of_host = key.tag(Purpose::Throttle, "webhook-posts-host", host_of(url).as_bytes());
    Ok(daily::take(conn, &of_user, config.daily_posts).await?
        && daily::take(conn, &of_host, config.daily_posts_to_host).await?)
}
