//! How many tries at codes each party has: strangers by network, so that they use up nobody else's; a
//! known device; and the owner who is logged in, whose tries logins do not touch.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::{
    auth::Device,
    credentials::{Purpose, ServerKey},
    error::ApiResult,
    throttle::{Key, Limit, store},
};

/// Tries at one code that are compared, in a time longer than its life.
const PER_CODE: Limit = Limit { times: 5, minutes: 15 };

/// Wrong codes in a day after which no more are compared.
const PER_DAY: Limit = Limit { times: 10, minutes: 24 * 60 };

/// The tries that one party has at the codes of one account.
pub struct Tries<'a> {
    pub(super) key: &'a ServerKey,
    pub(super) user_id: Uuid,
    /// The parties that a try counts for, and how many times the budget of one each has.
    by: Vec<(String, i32)>,
    /// Wrong codes in a row, however long they take.
    run: Option<Key>,
}

impl<'a> Tries<'a> {
    /// Those of somebody who is logged in.
    pub fn of_owner(key: &'a ServerKey, user_id: Uuid) -> Self {
        Self { key, user_id, by: vec![("owner".to_owned(), 1)], run: None }
    }

    /// Those of somebody who logs in.
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

    /// Takes one try at the code `id`. False without one left: then nothing must be compared.
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

    /// Seconds until tries at any code are compared again; `None` when they are now. Where only
    /// another way in ends that, a day is said.
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

    /// A code was right, so the wrong ones before it count no longer.
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

/// Wrong login codes of strangers in a row, for an account.
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
