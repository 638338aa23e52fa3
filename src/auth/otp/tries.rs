//! Limits on tries at codes. Strangers are counted per network, so that one network cannot use up
//! the tries of another. A known device has its own count, and so does the logged-in owner, whose
//! tries are independent of logins.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::{
    auth::Device,
    credentials::{Purpose, ServerKey},
    error::ApiResult,
    throttle::{Key, Limit, store},
};

/// The number of tries at one code that are compared. The period exceeds the code's lifetime.
const PER_CODE: Limit = Limit { times: 5, minutes: 15 };

/// Wrong codes in a day after which no more are compared.
const PER_DAY: Limit = Limit { times: 10, minutes: 24 * 60 };

/// The tries of one client at the codes of one account.
pub struct Tries<'a> {
    pub(super) key: &'a ServerKey,
    pub(super) user_id: Uuid,
    /// The networks or device that a try counts for, and the factor by which each
    /// one's limit is scaled.
    by: Vec<(String, i32)>,
    /// The counter of consecutive wrong codes, regardless of time.
    run: Option<Key>,
}

impl<'a> Tries<'a> {
    /// The tries of a logged-in user.
    pub fn of_owner(key: &'a ServerKey, user_id: Uuid) -> Self {
        Self { key, user_id, by: vec![("owner".to_owned(), 1)], run: None }
    }

    /// The tries of a client that logs in.
    pub fn at_login(key: &'a ServerKey, user_id: Uuid, device: &Device) -> Self {
        let (by, run) = match device.known_as(Some(user_id)) {
            Some((_, session_id)) => {
                let device = format!("device {session_id}");
                let run = key.tag(Purpose::Throttle, "code-run-device", session_id.as_bytes());
                (vec![(device, 1)], run)
            }
            None => {
                let blocks = device.blocks();
                let by = blocks.map(|block| (block.network.to_string(), block.factor)).collect();
                (by, strangers_run(key, user_id))
            }
        };
        Self { key, user_id, by, run: Some(run) }
    }

    /// Takes one try at the code `id`. False if none is left: then the code must not be compared.
    pub async fn take(&self, conn: &AsyncPgConnection, id: Uuid) -> ApiResult<bool> {
        for (budgets, limit) in [(self.at_code(id), PER_CODE), (self.in_a_day(), PER_DAY)] {
            for (key, factor) in budgets {
                if store::take(conn, &key, limit.scaled(factor)).await?.is_none() {
                    return Ok(false);
                }
            }
        }
        match self.run {
            Some(run) => Ok(store::extend_run(conn, &run).await?),
            None => Ok(true),
        }
    }

    /// Whether another try at the code `id` would be compared.
    pub async fn are_left(&self, conn: &AsyncPgConnection, id: Uuid) -> ApiResult<bool> {
        Ok(seconds_until_free(conn, self.at_code(id), PER_CODE).await? == 0)
    }

    /// Seconds until tries at any code are compared again, or `None` if they are compared now. One
    /// day if only another login method can end the block.
    pub async fn closed_for(&self, conn: &AsyncPgConnection) -> ApiResult<Option<u32>> {
        let seconds = seconds_until_free(conn, self.in_a_day(), PER_DAY).await?;
        if seconds > 0 {
            return Ok(Some(seconds));
        }
        let is_over = match self.run {
            Some(run) => store::is_run_over(conn, &run).await?,
            None => false,
        };
        Ok(is_over.then_some(24 * 60 * 60))
    }

    /// Resets the counters of wrong codes after a correct one.
    pub async fn succeed(&self, conn: &AsyncPgConnection) -> ApiResult<()> {
        let mut keys: Vec<Key> = self.in_a_day().into_iter().map(|(key, _)| key).collect();
        keys.extend(self.run);
        Ok(store::forgive(conn, &keys).await?)
    }

    fn at_code(&self, id: Uuid) -> Vec<(Key, i32)> {
        self.keys("code-tries", id)
    }

    fn in_a_day(&self) -> Vec<(Key, i32)> {
        self.keys("code-failures", self.user_id)
    }

    fn keys(&self, use_for: &str, of: Uuid) -> Vec<(Key, i32)> {
        let key = |by: &str| {
            self.key.tag(Purpose::Throttle, use_for, &[of.as_bytes(), by.as_bytes()].concat())
        };
        self.by.iter().map(|(by, factor)| (key(by), *factor)).collect()
    }
}

/// The counter of consecutive wrong login codes that strangers tried for an account.
pub fn strangers_run(key: &ServerKey, user_id: Uuid) -> Key {
    key.tag(Purpose::Throttle, "code-run", user_id.as_bytes())
}

async fn seconds_until_free(
    conn: &AsyncPgConnection,
    budgets: Vec<(Key, i32)>,
    limit: Limit,
) -> ApiResult<u32> {
    let mut longest = 0;
    for (key, factor) in budgets {
        let seconds = store::seconds_until_free(conn, &key, limit.scaled(factor)).await?;
        longest = longest.max(seconds);
    }
    Ok(u32::try_from(longest).unwrap_or_default())
}
