//! Where pictures are drawn: on a thread of its own, of low priority, behind a bounded queue. Drawing is work
//! for the processor, and requests that read go first.

use std::{
    panic::AssertUnwindSafe,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use tokio::sync::oneshot;

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    jobs::low_priority,
};

/// How many may wait: some seconds of work, at worst.
const QUEUE: usize = 32;

/// Draws and answers, unless nobody waits for the answer any more.
type Job = Box<dyn FnOnce() + Send>;

/// The process's only way to draw.
pub struct Painter {
    jobs: SyncSender<Job>,
}

impl Painter {
    /// Starts the thread; it ends when this is dropped.
    pub fn new() -> ApiResult<Self> {
        let (jobs, queue) = sync_channel::<Job>(QUEUE);
        std::thread::Builder::new()
            .name("painter".to_owned())
            .spawn(move || work(&queue))
            .map_err(ApiError::internal)?;
        Ok(Self { jobs })
    }

    /// What `draw` comes to. 503 `busy` when the queue is full.
    pub async fn paint<T: Send + 'static>(
        &self,
        draw: impl FnOnce() -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !answer.is_closed() {
                // Whoever asked may have gone while this was drawn.
                let _ = answer.send(draw());
            }
        });
        let busy = |_| ApiError::new(ErrorCode::Busy, "too many pictures at once; try again");
        self.jobs.try_send(job).map_err(busy)?;
        answered.await.map_err(ApiError::internal)?
    }
}

/// What the thread does until the painter is gone.
fn work(queue: &Receiver<Job>) {
    low_priority();
    while let Ok(job) = queue.recv() {
        // A panic inside ends this picture, whose asker gets an error, and not the thread.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(job));
    }
}
