//! Limits on login attempts, and which attempts count against whom.
//!
//! Strangers are counted per network: in total, and for each identifier. This way, failed attempts
//! from one network do not block clients in other networks. Wrong passwords are also counted across
//! all networks, until the user proves access to the mailbox (NIST SP 800-63B, section 5.2.2). A
//! device that has logged in to the account before has separate counts, so strangers cannot block
//! it (OWASP, device cookies). An attempt is counted before any secret is compared, for known and
//! unknown identifiers alike.

use derive_more::Display;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Device, otp};
use crate::{
    credentials::{EmailAddress, Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode, RateLimitStatus},
    state::{AppState, WorkerState},
    throttle::{self, Block, Budget, Key, Limit, store},
};

/// Login codes that one network can request for one identifier.
const CODE_REQUESTS: Limit = Limit { times: 3, minutes: 15 };

/// The kind of attempt. Each kind has a separate budget.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display(rename_all = "kebab-case")]
pub enum Way {
    Login,
    Register,
    ResendVerification,
    ForgotPassword,
    LoginCode,
    /// `otp` also limits the tries per code.
    VerifyCode,
}

/// An attempt to log in, or to have a message sent.
pub struct Attempt<'a> {
    pub way: Way,
    /// An email address or a phone number, known or not.
    pub identifier: &'a str,
    /// The user to whom the identifier belongs, if any.
    pub owner: Option<Uuid>,
    pub device: &'a Device,
}

/// An attempt that has been counted.
#[derive(Default)]
pub struct Counted {
    /// The state of the rate limit of the client's network.
    standing: Option<RateLimitStatus>,
    /// The counters that a success resets.
    failures: Vec<Key>,
}

impl Attempt<'_> {
    /// Counts the attempt in its own transaction. 429 `rate_limited`, or 403 `password_closed`
    /// after too many wrong passwords.
    pub async fn begin(
        &self,
        shared: &AppState,
        conn: &mut AsyncPgConnection,
    ) -> ApiResult<Counted> {
        conn.transaction(async |conn| self.count(shared, conn).await).await
    }

    /// Like [`begin`](Self::begin), but in the caller's transaction: a rollback also
    /// undoes the count.
    pub async fn count(&self, shared: &AppState, conn: &AsyncPgConnection) -> ApiResult<Counted> {
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

    /// Takes one attempt from the budget that the device's network has for `whom`. Returns the
    /// keys of the budgets.
    async fn take_identifier(
        &self,
        shared: &AppState,
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
    /// Adds the state of the rate limit to the error.
    pub fn refuse(&self, error: ApiError) -> ApiError {
        match self.standing {
            Some(standing) => error.standing(standing),
            None => error,
        }
    }

    /// Resets the failure counters after a success.
    pub async fn succeed(&self, conn: &AsyncPgConnection) -> ApiResult<()> {
        Ok(store::forgive(conn, &self.failures).await?)
    }
}

/// Counts an invalid token against the client's network. A valid token is never rejected because of
/// other clients in the same network: a token of 256 bits cannot be guessed.
pub async fn count_failure<T>(
    state: &WorkerState,
    device: &Device,
    outcome: ApiResult<T>,
) -> ApiResult<T> {
    let Err(error) = outcome else { return outcome };
    if !matches!(error.code, ErrorCode::InvalidToken | ErrorCode::InvalidRefreshToken) {
        return Err(error);
    }
    let shared: &AppState = state;
    let mut conn = state.pool.get().await?;
    let standing = conn.transaction(async |conn| take_address(shared, conn, device).await).await?;
    Err(Counted { standing, ..Counted::default() }.refuse(error))
}

/// Resets the failures of strangers, after the user has proven access to the mailbox.
pub async fn reopen(
    conn: &AsyncPgConnection,
    server_key: &ServerKey,
    user_id: Uuid,
    email: &EmailAddress,
) -> ApiResult<()> {
    let keys = [password_run(server_key, email.as_str()), otp::strangers_run(server_key, user_id)];
    Ok(store::forgive(conn, &keys).await?)
}

/// Takes one attempt from the total budget of the client's network.
async fn take_address(
    shared: &AppState,
    conn: &AsyncPgConnection,
    device: &Device,
) -> ApiResult<Option<RateLimitStatus>> {
    let Some(rate) = shared.limits.auth_address else { return Ok(None) };
    let budgets = by_block(device, rate.into(), "attempts", |block| {
        key_of(&shared.server_key, "address", &[block])
    });
    let taken = throttle::take_all(conn, &budgets).await;
    shared.metrics.count_limit("auth_address", taken.is_ok());
    taken
}

/// One budget for each address block that contains the device.
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

/// The counter of consecutive wrong passwords that strangers tried for an address.
fn password_run(server_key: &ServerKey, email: &str) -> Key {
    key_of(server_key, "password-run", &[email.as_bytes()])
}

/// A key of `parts`. Only the last part may contain a NUL.
fn key_of(server_key: &ServerKey, use_for: &str, parts: &[&[u8]]) -> Key {
    server_key.tag(Purpose::Throttle, use_for, &parts.join(&0))
}

fn password_closed() -> ApiError {
    ApiError::new(
        ErrorCode::PasswordClosed,
        "too many wrong passwords for this address; request a link to choose a new password, or \
         log in with a code",
    )
}
