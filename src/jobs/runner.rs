//! The actor that runs background work.

use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message,
    ResponseActFuture, WrapFuture,
};
use tokio::sync::watch;

use super::{Stopping, Work};

/// There may be work.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CheckForWork;

/// Stops the actor; answers when no work is in progress.
#[derive(Message)]
#[rtype(result = "()")]
pub struct StopWhenIdle;

/// The actor that runs background work.
pub struct Runner<W> {
    worker: W,
    poll: Duration,
    at_once: usize,
    stopping: Stopping,
    busy: watch::Sender<usize>,
}

impl<W> Runner<W> {
    pub fn new(worker: W, poll: Duration, at_once: usize, stopping: Stopping) -> Self {
        Self { worker, poll, at_once, stopping, busy: watch::Sender::new(0) }
    }
}

impl<W: Work> Actor for Runner<W> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.notify(CheckForWork);
        ctx.run_interval(self.poll, |_, ctx| ctx.notify(CheckForWork));
    }
}

impl<W: Work> Handler<CheckForWork> for Runner<W> {
    type Result = ();

    fn handle(&mut self, _: CheckForWork, ctx: &mut Self::Context) {
        let busy = *self.busy.borrow();
        if self.stopping.has_begun() || busy >= self.at_once {
            return;
        }
        for _ in busy..self.at_once {
            self.busy.send_modify(|busy| *busy += 1);
            let worker = self.worker.clone();
            let work = async move { worker.work_once().await };
            let then = |has_worked, runner: &mut Self, ctx: &mut Context<Self>| {
                runner.busy.send_modify(|busy| *busy -= 1);
                if has_worked {
                    ctx.notify(CheckForWork);
                }
            };
            ctx.spawn(work.into_actor(self).map(then));
        }
    }
}

impl<W: Work> Handler<StopWhenIdle> for Runner<W> {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: StopWhenIdle, _: &mut Self::Context) -> Self::Result {
        let mut busy = self.busy.subscribe();
        let idle = async move {
            let _ = busy.wait_for(|busy| *busy == 0).await;
        };
        Box::pin(idle.into_actor(self).map(|(), _, ctx| ctx.stop()))
    }
}
