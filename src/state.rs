//! The state that handlers use: [`AppState`] between all workers, [`WorkerState`] per worker.
//!
//! State that only one module needs is not here: `server` passes it to the handlers of that module.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use derive_more::Deref;

use crate::{
    config::{
        Config, GarminConfig, ImportConfig, LimitsConfig, RegistrationConfig, SessionConfig,
        SmsLimits, WebhookConfig,
    },
    credentials::{Hasher, JwtKeys, KnownTokens, ServerKey},
    db::{Connector, PointReads, Pool},
    error::{ApiError, ApiResult, ErrorCode},
    fair_use::{FairUse, ThreadPool},
    idempotency::KeyLocks,
    outbox::Channel,
    priority::Requests,
    providers::{Outbound, Providers, TokenCipher},
    telemetry::Metrics,
    throttle::LocalLimits,
};

/// Shared by all worker threads: keys, the hashing queue, metrics.
pub struct AppState {
    pub jwt: JwtKeys,
    pub server_key: ServerKey,
    pub hasher: Hasher,
    pub sessions: SessionConfig,
    pub registration: RegistrationConfig,
    pub providers: Providers,
    pub token_cipher: TokenCipher,
    /// Threads that read stored streams and encode responses from them.
    pub thread_pool: ThreadPool,
    pub fair_use: Arc<FairUse>,
    pub metrics: Metrics,
    pub requests: Requests,
    pub limits: LimitsConfig,
    pub imports: ImportConfig,
    pub garmin: GarminConfig,
    pub sms_limits: SmsLimits,
    pub webhooks: WebhookConfig,
    pub base_url: String,
    pub local_limits: LocalLimits,
    pub key_locks: KeyLocks,
    pub has_warned_of_proxy: AtomicBool,
    is_leaving: AtomicBool,
    pub product_name: String,
    /// Whether clients reach this server over HTTPS.
    pub is_behind_tls: bool,
    can_send: Channels,
    connector: Connector,
    pool_size_per_worker: usize,
    pool_wait: Duration,
}

impl AppState {
    /// Also starts the threads that hash passwords and read streams.
    pub fn new(
        config: &Config,
        connector: Connector,
        metrics: Metrics,
        requests: Requests,
    ) -> ApiResult<Self> {
        let local_limits = LocalLimits::new(&config.limits, |name| metrics.limit_decisions(name));
        Ok(Self {
            jwt: JwtKeys::new(&config.secrets),
            server_key: ServerKey::configured(&config.secrets),
            hasher: Hasher::new(&config.hashing, metrics.hasher.clone())?,
            thread_pool: ThreadPool::start("streams").map_err(ApiError::internal)?,
            fair_use: Arc::default(),
            sessions: config.sessions,
            registration: config.registration.clone(),
            providers: Providers::new(&config.oauth, &config.server),
            token_cipher: TokenCipher::new(&config.oauth.token_keys),
            metrics,
            requests,
            limits: config.limits.clone(),
            imports: config.imports.clone(),
            garmin: config.garmin.clone(),
            sms_limits: config.sms_limits.clone(),
            webhooks: config.webhooks.clone(),
            base_url: config.server.base_url.clone(),
            local_limits,
            key_locks: KeyLocks::default(),
            has_warned_of_proxy: AtomicBool::new(false),
            is_leaving: AtomicBool::new(false),
            is_behind_tls: config.server.base_url.starts_with("https://"),
            product_name: config.server.product_name.clone(),
            can_send: Channels {
                email: config.mail.is_available(),
                sms: config.sms.is_available(),
            },
            connector: connector.with_statement_timeout(config.database.statement_timeout),
            pool_size_per_worker: pool_size_per_worker(config),
            pool_wait: config.database.wait,
        })
    }

    /// Makes [`AppState::is_leaving`] return true from now on.
    pub fn leave(&self) {
        self.is_leaving.store(true, Relaxed);
    }

    /// Whether the server is shutting down. It still answers requests, but clients should use
    /// another server if they can.
    pub fn is_leaving(&self) -> bool {
        self.is_leaving.load(Relaxed)
    }

    /// Whether there is a way to send through `channel`.
    pub fn can_send(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.can_send.email,
            Channel::Sms => self.can_send.sms,
            Channel::Webhook => true,
        }
    }

    /// 503 if `channel` is not configured. The answer does not depend on the user.
    pub fn require_channel(&self, channel: Channel) -> ApiResult<()> {
        if self.can_send(channel) {
            return Ok(());
        }
        let message = match channel {
            Channel::Sms => "this server cannot send text messages",
            Channel::Email | Channel::Webhook => "this server cannot send mail",
        };
        Err(ApiError::new(ErrorCode::ChannelUnavailable, message))
    }
}

fn pool_size_per_worker(config: &Config) -> usize {
    config.database.pool_size.div_ceil(config.server.workers).max(2)
}

/// The connections of all workers: each has a pool and one connection for point reads.
pub fn http_connections(config: &Config) -> usize {
    config.server.workers * (pool_size_per_worker(config) + 1)
}

/// Which channels are configured.
struct Channels {
    email: bool,
    sms: bool,
}

/// Owned by one worker, because the driver of a connection lives on the runtime that opened it.
#[derive(Deref)]
pub struct WorkerState {
    #[deref]
    shared: Arc<AppState>,
    pub pool: Pool,
    pub point_reads: PointReads,
    pub known_tokens: KnownTokens,
    pub outbound: Outbound,
}

impl WorkerState {
    pub fn new(shared: Arc<AppState>) -> Self {
        let pool =
            Pool::new(shared.connector.clone(), shared.pool_size_per_worker, shared.pool_wait);
        shared.metrics.watch_pool("http", pool.clone());
        let point_reads = PointReads::new(shared.connector.clone());
        let known_tokens = KnownTokens::default();
        let outbound = Outbound::default();
        Self { pool, point_reads, known_tokens, outbound, shared }
    }
}
