//! Password hashing with argon2id, off the async threads, behind one bounded queue.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash as Phc,
};
use derive_more::{AsRef, From};
use prometheus::{Histogram, IntGauge};
use tokio::sync::oneshot;

use super::Password;
use crate::{
    config::HashingConfig,
    error::{ApiError, ApiResult, ErrorCode},
};

/// How much lower than others' the priority of hashing is, as `nice(2)` has it: from 0 to 19.
const NICENESS: i32 = 10;

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

/// The process's only way to hash: a few threads of lower priority and a bounded queue before them.
pub struct Hasher {
    jobs: SyncSender<Job>,
    /// Verified in place of a hash that does not exist, so that both cost the same.
    decoy: PasswordHash,
    metrics: HasherMetrics,
}

/// Computes and answers, unless nobody waits for the answer any more.
type Job = Box<dyn FnOnce() + Send>;

impl Hasher {
    /// Starts the threads; they end when this is dropped.
    pub fn new(config: &HashingConfig, metrics: HasherMetrics) -> ApiResult<Self> {
        let (jobs, queue) = sync_channel::<Job>(config.queue);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..config.concurrency {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || work(&queue))
                .map_err(ApiError::internal)?;
        }
        Ok(Self { jobs, decoy: decoy()?, metrics })
    }

    /// A new hash of `password`. 503 `busy` when the queue is full.
    pub async fn hash(&self, password: Password) -> ApiResult<PasswordHash> {
        self.run(move || compute(&password)).await
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
                Ok(argon2()?.verify_password(password.expose().as_bytes(), &phc).is_ok())
            })
            .await?;
        Ok(known && matches)
    }

    /// Whether `stored` was made with less than today's parameters.
    pub fn is_outdated(&self, stored: &PasswordHash) -> bool {
        let Ok(phc) = Phc::new(&stored.0) else { return true };
        let Ok(params) = Params::try_from(&phc) else { return true };
        phc.algorithm != Algorithm::Argon2id.ident()
            || params.m_cost() < Params::DEFAULT_M_COST
            || params.t_cost() < Params::DEFAULT_T_COST
    }

    async fn run<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !answer.is_closed() {
                // Whoever asked may have gone while this was computed.
                let _ = answer.send(compute());
            }
        });
        self.jobs
            .try_send(job)
            .map_err(|_| ApiError::new(ErrorCode::Busy, "too many logins at once; try again"))?;
        let _pending = Pending::count(&self.metrics.pending);
        let _timer = self.metrics.seconds.start_timer();
        answered.await.map_err(ApiError::internal)?
    }
}

/// What a hashing thread does until the hasher is gone.
fn work(queue: &Mutex<Receiver<Job>>) {
    // Reads go first: a thread that computes for milliseconds on end would keep them waiting for
    // its time slice. Where the system refuses, hashing goes on as any other thread.
    let _ = rustix::process::nice(NICENESS);
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panic inside ends this hash, whose asker gets an error, and not the thread.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(job));
    }
}

/// One request in the queue or being computed, counted however it ends.
struct Pending<'a>(&'a IntGauge);

impl<'a> Pending<'a> {
    fn count(gauge: &'a IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A hash that belongs to no password: its output is not computed from one but drawn.
fn decoy() -> ApiResult<PasswordHash> {
    use argon2::password_hash::phc::{Output, ParamsString, Salt};
    let hash = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2()?.params()).map_err(invalid)?,
        salt: Some(Salt::new(&rand::random::<[u8; 16]>()).map_err(invalid)?),
        hash: Some(Output::new(&rand::random::<[u8; 32]>()).map_err(invalid)?),
    };
    Ok(PasswordHash(hash.to_string()))
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
    fn the_decoy_looks_like_any_hash_and_is_nobodys() {
        let hash = compute(&Password::typed("seven silver swans")).unwrap();
        let decoy = decoy().unwrap();
        assert_eq!(decoy.0.len(), hash.0.len());
        assert_eq!(decoy.0.split('$').nth(3), hash.0.split('$').nth(3));
        assert!(Phc::new(&decoy.0).is_ok());
    }

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
