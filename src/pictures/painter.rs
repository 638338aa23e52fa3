//! Where pictures are drawn, in turn, and where those that were drawn are kept for a while.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use lru::LruCache;

use crate::{
    error::{ApiError, ApiResult},
    fair_use::Workshop,
};

/// Of all pictures that are kept.
const MAX_KEPT_BYTES: usize = 8 * 1024 * 1024;

/// The process's only way to draw.
pub struct Painter {
    workshop: Workshop,
    drawn: Mutex<Drawn>,
}

/// Pictures by all that they depend on.
struct Drawn {
    pictures: LruCache<String, Bytes>,
    bytes: usize,
}

impl Painter {
    /// Starts the thread; it ends when this is dropped.
    pub fn new() -> ApiResult<Self> {
        let workshop = Workshop::start("painter").map_err(ApiError::internal)?;
        let drawn = Drawn { pictures: LruCache::unbounded(), bytes: 0 };
        Ok(Self { workshop, drawn: Mutex::new(drawn) })
    }

    /// The picture of this key, if it was drawn not long ago.
    pub fn drawn(&self, key: &str) -> Option<Bytes> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.pictures.get(key).cloned()
    }

    /// Draws the picture of this key, unless it must not be drawn.
    pub async fn paint<E: Send + 'static>(
        &self,
        key: String,
        draw: impl FnOnce() -> ApiResult<Result<Vec<u8>, E>> + Send + 'static,
    ) -> ApiResult<Result<Bytes, E>> {
        let painted = self.workshop.run(draw).await?.map(Bytes::from);
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
