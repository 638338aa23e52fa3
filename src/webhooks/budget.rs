//! Daily budgets of posts, so that a batch of thousands of activities does not cause
//! thousands of posts.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::host_of;
use crate::{
    config::WebhookConfig,
    credentials::{Purpose, ServerKey},
    throttle::daily,
};

/// Takes one post from the user's daily budget, and from the budget that all users share for the
/// host. False if either is used up. Retries and challenges count.
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
