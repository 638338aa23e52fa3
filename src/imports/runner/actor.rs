//! The actor that claims jobs: one at a time, so that imports never have more than one processor.

use std::sync::atomic::Ordering::Relaxed;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message,
    ResponseActFuture, WrapFuture,
};
use tokio::sync::watch;

use super::{Parts, thread};
use crate::{
    db::Pool,
    error::ApiResult,
    imports::store::{self, Claimed},
};

/// There may be something to do.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Look;

/// Answers when nothing is being worked on any more.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop;

/// See the module.
pub struct Runner {
    parts: Parts,
    pool: Pool,
    is_busy: watch::Sender<bool>,
}

impl Runner {
    pub fn new(parts: Parts, pool: Pool) -> Self {
        Self { parts, pool, is_busy: watch::Sender::new(false) }
    }
}

impl Actor for Runner {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.notify(Look);
        ctx.run_interval(self.parts.config.poll, |_, ctx| ctx.notify(Look));
    }
}

impl Handler<Look> for Runner {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Self::Context) {
        if self.parts.stopping.load(Relaxed) || self.is_busy.send_replace(true) {
            return;
        }
        let (parts, pool) = (self.parts.clone(), self.pool.clone());
        let work = async move {
            match claim(&parts, &pool).await {
                Ok(Some(job)) => {
                    thread::run(parts, job).await;
                    true
                }
                Ok(None) => false,
                Err(error) => {
                    tracing::warn!(error.cause = ?error.cause, "cannot look for imports now");
                    false
                }
            }
        };
        let then = |has_worked, runner: &mut Self, ctx: &mut Context<Self>| {
            runner.is_busy.send_replace(false);
            if has_worked {
                ctx.notify(Look);
            }
        };
        ctx.spawn(work.into_actor(self).map(then));
    }
}

async fn claim(parts: &Parts, pool: &Pool) -> ApiResult<Option<Claimed>> {
    let conn = pool.get().await?;
    Ok(store::claim(&conn, parts.config.lease).await?)
}

impl Handler<Stop> for Runner {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: Stop, _: &mut Self::Context) -> Self::Result {
        let mut is_busy = self.is_busy.subscribe();
        let idle = async move {
            let _ = is_busy.wait_for(|is_busy| !is_busy).await;
        };
        Box::pin(idle.into_actor(self).map(|(), _, ctx| ctx.stop()))
    }
}
