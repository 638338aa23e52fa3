//! How often somebody may try to get in, and whose failures count against whom.
//!
//! Strangers are counted by network, for everything they try and for each identifier, so that
//! the failures of one network refuse nobody elsewhere. Wrong passwords are also counted over
//! all networks, until the mailbox is proven (NIST SP 800-63B, section 5.2.2). None of this
//! refuses a device that has logged in to the account before: each has separate counts (OWASP,
//! device cookies). Everything is counted before anything is compared, for known and unknown
//! identifiers alike.

use derive_more::Display;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Device, otp};
use crate::{
    credentials::{EmailAddress, Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode, Standing},
    state::{Shared, WorkerState},
    throttle::{self, Block, Budget, Key, Limit, store},
};

/// Login codes that can be asked for by one identifier from one network.
const CODE_REQUESTS: Limit = Limit { times: 3, minutes: 15 };

/// What is tried. Budgets are separate for each.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display(rename_all = "kebab-case")]
pub enum Way {
    Login,
    Register,
    ResendVerification,
    ForgotPassword,
    LoginCode,
    /// The tries at a code are limited by `otp` besides.
    VerifyCode,
}

/// Somebody tries something.
pub struct Attempt<'a> {
    pub way: Way,
    /// An address or a number, whether it is known or not.
    pub identifier: &'a str,
    /// Whose account that is, if anybody's.
    pub owner: Option<Uuid>,
    pub device: &'a Device,
}

/// An attempt that was counted.
#[derive(Default)]
pub struct Counted {
    /// How the client stands with what its address may try.
    standing: Option<Standing>,
    /// What a success ends.
    failures: Vec<Key>,
}

impl Attempt<'_> {
    /// Counts it in its own transaction: 429 `rate_limited`, or 403 `password_closed` after too
    /// many wrong passwords.
    pub async fn begin(&self, shared: &Shared, conn: &mut AsyncPgConnection) -> ApiResult<Counted> {
        conn.transaction(async |conn| self.count(shared, conn).await).await
    }

    /// The same in the caller's transaction, which gives it back when it fails.
    pub async fn count(&self, shared: &Shared, conn: &AsyncPgConnection) -> ApiResult<Counted> {
        let counts_runs = self.way == Way::Login && shared.limits.auth_identifier.is_some();
        if let Some((user_id, session_id)) = self.device.known_as(self.owner) {
            let run = key_of(&shared.server_key, "device-run", &[session_id.as_bytes()]);
            if !counts_runs || store::extend_run(conn, &run).await? {
                self.take_identifier(shared, conn, "known", user_id.as_bytes()).await?;
                return Ok(Counted { standing: None, failures: vec![run] });
            }
        }
        let standing = take_address(shared, conn, self.device).await?;
        let identifier = self.identifier.as_bytes();
        let mut failures = self.take_identifier(shared, conn, "stranger", identifier).await?;
        if counts_runs {
            let run = password_run(&shared.server_key, self.identifier);
            if !store::extend_run(conn, &run).await? {
                return Err(password_closed());
            }
            failures.push(run);
        }
        Ok(Counted { standing, failures })
    }

    /// Takes one of what the device's network has for `whom`: under which keys.
    async fn take_identifier(
        &self,
        shared: &Shared,
        conn: &AsyncPgConnection,
        kind: &str,
        whom: &[u8],
    ) -> ApiResult<Vec<Key>> {
        let limit = match self.way {
            Way::LoginCode => Some(CODE_REQUESTS),
            Way::VerifyCode => None,
            _ => shared.limits.auth_identifier.map(Limit::from),
        };
        let Some(limit) = limit else { return Ok(Vec::new()) };
        let use_for = format!("{kind}-{}", self.way);
        let budgets = by_block(self.device, limit, "account", |block| {
            key_of(&shared.server_key, &use_for, &[block, whom])
        });
        let taken = throttle::take_all(conn, &budgets).await;
        shared.metrics.count_limit("auth_identifier", taken.is_ok());
        taken?;
        Ok(budgets.into_iter().map(|budget| budget.key).collect())
    }
}

impl Counted {
    /// The refusal, with how the client stands.
    pub fn refuse(&self, error: ApiError) -> ApiError {
        match self.standing {
            Some(standing) => error.standing(standing),
            None => error,
        }
    }

    /// It was no failure, so what failed before counts no longer.
    pub async fn succeed(&self, conn: &AsyncPgConnection) -> ApiResult<()> {
        Ok(store::forgive(conn, &self.failures).await?)
    }
}

/// Counts a token that was not good against the address. One that is good is never refused because
/// of others at the same address: nobody guesses 256 bits.
pub async fn count_failure<T>(
    state: &WorkerState,
    device: &Device,
    outcome: ApiResult<T>,
) -> ApiResult<T> {
    let Err(error) = outcome else { return outcome };
    if !matches!(error.code, ErrorCode::InvalidToken | ErrorCode::InvalidRefreshToken) {
        return Err(error);
    }
    let shared: &Shared = state;
    let mut conn = state.pool.get().await?;
    let standing = conn.transaction(async |conn| take_address(shared, conn, device).await).await?;
    Err(Counted { standing, ..Counted::default() }.refuse(error))
}

/// Somebody has proven the mailbox, so no failure of strangers counts any longer.
pub async fn reopen(
    conn: &AsyncPgConnection,
    server_key: &ServerKey,
    user_id: Uuid,
    email: &EmailAddress,
) -> ApiResult<()> {
    let keys = [password_run(server_key, email.as_str()), otp::strangers_run(server_key, user_id)];
    Ok(store::forgive(conn, &keys).await?)
}

/// Takes one of what the address has for everything it tries.
async fn take_address(
    shared: &Shared,
    conn: &AsyncPgConnection,
    device: &Device,
) -> ApiResult<Option<Standing>> {
    let Some(rate) = shared.limits.auth_address else { return Ok(None) };
    let budgets = by_block(device, rate.into(), "attempts", |block| {
        key_of(&shared.server_key, "address", &[block])
    });
    let taken = throttle::take_all(conn, &budgets).await;
    shared.metrics.count_limit("auth_address", taken.is_ok());
    taken
}

/// A budget for each block of addresses that the device is in.
fn by_block(
    device: &Device,
    limit: Limit,
    policy: &'static str,
    key: impl Fn(&[u8]) -> Key,
) -> Vec<Budget> {
    let budget = |block: Block| Budget {
        policy,
        key: key(block.network.to_string().as_bytes()),
        limit: limit.scaled(block.factor),
    };
    device.blocks().map(budget).collect()
}

/// Wrong passwords of strangers in a row, for an address.
fn password_run(server_key: &ServerKey, email: &str) -> Key {
    key_of(server_key, "password-run", &[email.as_bytes()])
}

/// A key of `parts`, of which only the last may contain a NUL.
fn key_of(server_key: &ServerKey, use_for: &str, parts: &[&[u8]]) -> Key {
    server_key.tag(Purpose::Throttle, use_for, &parts.join(&0))
}

fn password_closed() -> ApiError {
    ApiError::new(
        ErrorCode::PasswordClosed,
        "too many wrong passwords were tried for this address; ask for a link to choose a new \
         password, or log in by a code",
    )
}
