//! Draws pictures one at a time and caches them.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use lru::LruCache;

use crate::{
    error::{ApiError, ApiResult},
    fair_use::ThreadPool,
};

/// Maximum total size of the cached pictures, in bytes.
const MAX_KEPT_BYTES: usize = 8 * 1024 * 1024;

/// Draws all pictures of the process.
pub struct Painter {
    thread_pool: ThreadPool,
    drawn: Mutex<Drawn>,
}

/// Cached pictures, by everything that they depend on.
struct Drawn {
    pictures: LruCache<String, Bytes>,
    bytes: usize,
}

impl Painter {
    /// Starts the drawing thread, which ends when this value is dropped.
    pub fn new() -> ApiResult<Self> {
        let thread_pool = ThreadPool::start("painter").map_err(ApiError::internal)?;
        let drawn = Drawn { pictures: LruCache::unbounded(), bytes: 0 };
        Ok(Self { thread_pool, drawn: Mutex::new(drawn) })
    }

    /// Returns the picture with this key from the cache.
    pub fn drawn(&self, key: &str) -> Option<Bytes> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.pictures.get(key).cloned()
    }

    /// Draws and caches the picture with this key. Errors of type `E` mean that it must not be
    /// drawn.
    pub async fn paint<E: Send + 'static>(
        &self,
        key: String,
        draw: impl FnOnce() -> ApiResult<Result<Vec<u8>, E>> + Send + 'static,
    ) -> ApiResult<Result<Bytes, E>> {
        let painted = self.thread_pool.run(draw).await?.map(Bytes::from);
        if let Ok(picture) = &painted {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            drawn.keep(key, picture.clone());
        }
        Ok(painted)
    }
}

impl Drawn {
    fn keep(&mut self, key: String, picture: Bytes) {
        self.bytes += key.len() + picture.len();
        let replaced = self.pictures.push(key, picture);
        self.bytes -= size(replaced);
        while self.bytes > MAX_KEPT_BYTES && !self.pictures.is_empty() {
            self.bytes -= size(self.pictures.pop_lru());
        }
    }
}

fn size(entry: Option<(String, Bytes)>) -> usize {
    entry.map_or(0, |(key, picture)| key.len() + picture.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let mut drawn = Drawn { pictures: LruCache::unbounded(), bytes: 0 };
        for number in 0..100 {
            let picture = Bytes::from(vec![0; MAX_KEPT_BYTES / 10]);
            drawn.keep((number % 20).to_string(), picture.clone());
            drawn.keep((number % 20).to_string(), picture);
            let bytes = drawn.pictures.iter().map(|(key, picture)| key.len() + picture.len());
            assert_eq!(drawn.bytes, bytes.sum::<usize>());
            assert!(drawn.bytes <= MAX_KEPT_BYTES);
        }
        assert_eq!(drawn.pictures.len(), 9);
    }
}
