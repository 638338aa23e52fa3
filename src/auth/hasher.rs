//! Password hashing with argon2id, off the async threads, behind one bounded queue.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash as Phc,
};
use derive_more::{AsRef, From};
use prometheus::{Histogram, IntGauge};
use tokio::sync::Semaphore;

use super::Password;
use crate::{
    config::HashingConfig,
    error::{ApiError, ApiResult, ErrorCode},
};

/// A PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`).
#[derive(Clone, From, AsRef)]
#[as_ref(str)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// What the queue shows of itself.
#[derive(Clone, Debug)]
pub struct HasherMetrics {
    /// Requests waiting or hashing.
    pub pending: IntGauge,
    /// Seconds from asking to the answer.
    pub seconds: Histogram,
}

/// The process's only way to hash. At most `concurrency` hashes run, at most `queue` wait.
pub struct Hasher {
    permits: Arc<Semaphore>,
    pending: AtomicUsize,
    capacity: usize,
    /// Verified in place of a hash that does not exist, so that both cost the same.
    decoy: PasswordHash,
    metrics: HasherMetrics,
}

/// One place in the queue, given back however the request ends.
struct Place<'a>(&'a Hasher);

impl Hasher {
    /// Computes one hash (the decoy): some tens of milliseconds.
    pub fn new(config: &HashingConfig, metrics: HasherMetrics) -> ApiResult<Self> {
        let nobody_knows = Password::typed(&uuid::Uuid::new_v4().to_string());
        Ok(Self {
            permits: Arc::new(Semaphore::new(config.concurrency)),
            pending: AtomicUsize::new(0),
            capacity: config.concurrency + config.queue,
            decoy: compute(&nobody_knows)?,
            metrics,
        })
    }

    /// A new hash of `password`. 503 `busy` when the queue is full.
    pub async fn hash(&self, password: Password) -> ApiResult<PasswordHash> {
        self.run(move || compute(&password)).await?
    }

    /// Whether `password` belongs to `stored`; takes as long when there is no stored hash.
    /// 503 `busy` when the queue is full.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<&PasswordHash>,
    ) -> ApiResult<bool> {
        let known = stored.is_some();
        let phc = stored.unwrap_or(&self.decoy).0.clone();
        let matches = self
            .run(move || {
                let phc = Phc::new(&phc).map_err(invalid)?;
                Ok::<_, ApiError>(
                    argon2()?.verify_password(password.expose().as_bytes(), &phc).is_ok(),
                )
            })
            .await??;
        Ok(known && matches)
    }

    /// Whether `stored` was made with less than today's parameters.
    pub fn is_outdated(&self, stored: &PasswordHash) -> bool {
        let Ok(phc) = Phc::new(&stored.0) else {
            return true;
        };
        let Ok(params) = Params::try_from(&phc) else {
            return true;
        };
        phc.algorithm != Algorithm::Argon2id.ident()
            || params.m_cost() < Params::DEFAULT_M_COST
            || params.t_cost() < Params::DEFAULT_T_COST
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<T> {
        let _place = self.enter()?;
        let _timer = self.metrics.seconds.start_timer();
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(ApiError::internal)?;
        // The permit moves along: a dropped request cannot let a second hash run beside the first.
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(ApiError::internal)
    }

    fn enter(&self) -> ApiResult<Place<'_>> {
        let before = self.pending.fetch_add(1, Ordering::Relaxed);
        self.metrics.pending.inc();
        let place = Place(self);
        if before >= self.capacity {
            return Err(ApiError::new(ErrorCode::Busy, "too many logins at once; try again"));
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.pending.dec();
    }
}

/// 19 MiB, t=2, p=1: the OWASP password storage cheat sheet's argon2id parameters.
fn argon2() -> ApiResult<Argon2<'static>> {
    let (m, t) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST);
    let params = Params::new(m, t, 1, None).map_err(invalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn compute(password: &Password) -> ApiResult<PasswordHash> {
    let phc = argon2()?.hash_password(password.expose().as_bytes()).map_err(invalid)?;
    Ok(PasswordHash(phc.to_string()))
}

fn invalid(error: impl std::fmt::Display) -> ApiError {
    ApiError::internal(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_states_its_parameters_and_every_character_counts() {
        let long: String = ('a'..='z').cycle().take(100).collect();
        let hash = compute(&Password::typed(&long)).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        let other: String =
            long.char_indices().map(|(i, c)| if i == 72 { '!' } else { c }).collect();
        let phc = Phc::new(&hash.0).unwrap();
        assert!(argon2().unwrap().verify_password(long.as_bytes(), &phc).is_ok());
        assert!(argon2().unwrap().verify_password(other.as_bytes(), &phc).is_err());
    }
}
