//! Kills PostgreSQL at the moment of an acknowledgement.

use std::cell::Cell;

use futures_util::future::join_all;

use super::{Kind, Size, Writer, start, writers, writes::Fact};
use crate::support::{OwnPostgres, TestApp, until};

/// Kills of PostgreSQL per test, unless the environment says otherwise: one for each kind.
const KILLS: usize = Kind::ALL.len();

/// Writes until PostgreSQL is gone or the user has reached the limit of this kind. Returns what was
/// acknowledged, in order. After `kill_after` acknowledged writes, this writer kills PostgreSQL.
async fn write_until_killed(
    writer: &mut Writer<'_>,
    size: Size,
    kill_after: Option<usize>,
    postgres: &OwnPostgres,
    is_killed: &Cell<bool>,
) -> Vec<Fact> {
    let mut acknowledged = Vec::new();
    while !is_killed.get() {
        let Some(fact) = writer.write(size).await else { break };
        acknowledged.push(fact);
        if kill_after == Some(acknowledged.len()) {
            postgres.kill();
            is_killed.set(true);
        }
    }
    acknowledged
}

/// Runs all kinds of writes at once, until a write of `kind` is acknowledged and PostgreSQL killed.
async fn round(
    writers: &mut [Writer<'_>],
    size: Size,
    kind: Kind,
    postgres: &OwnPostgres,
) -> Vec<Vec<Fact>> {
    let is_killed = Cell::new(false);
    let writing = writers.iter_mut().map(|writer| {
        let kill_after = (writer.kind() == kind).then(|| rand::random_range(1..=2));
        write_until_killed(writer, size, kill_after, postgres, &is_killed)
    });
    join_all(writing).await
}

async fn lost(app: &TestApp, facts: &[Fact]) -> Vec<String> {
    let (mut conn, mut lost) = (app.database.connect().await, Vec::new());
    for fact in facts {
        if !fact.holds(&mut conn).await {
            lost.push(fact.to_string());
        }
    }
    lost
}

async fn kill_again_and_again(size: Size) {
    let kills =
        std::env::var("SPORTS_LOG_TEST_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    // Commits take 20 ms: if the acknowledgement came before the commit, so would the kill.
    let (mut postgres, app) = start(20).await;
    let mut writers = writers(&app).await;
    let (mut acknowledged, mut at_the_moment) = (0, 0);
    for kill in 0..kills {
        let kind = Kind::ALL[kill % Kind::ALL.len()];
        let facts = round(&mut writers, size, kind, &postgres).await;
        postgres.start_again();
        until("it is ready again", async || app.get("/readyz").await.status == 200).await;
        at_the_moment += facts.iter().filter(|facts| !facts.is_empty()).count();
        let facts = facts.concat();
        acknowledged += facts.len();
        assert_eq!(lost(&app, &facts).await, Vec::<String>::new(), "kill {kill}");
        for table in ["personal_tokens", "goals", "shares", "webhooks", "imports", "throttles"] {
            // A user may have only a limited number of these.
            app.database.execute(&format!("DELETE FROM {table}")).await;
        }
    }
    println!(
        "{size:?} rows, {kills} kills of PostgreSQL: {acknowledged} writes acknowledged, {at_the_moment} of them the \
         last of their kind before a kill; 0 lost"
    );
}

#[actix_rt::test]
async fn no_small_write_is_lost_when_postgresql_is_killed_as_it_is_acknowledged() {
    kill_again_and_again(Size::Small).await;
}

#[actix_rt::test]
async fn no_large_write_is_lost_when_postgresql_is_killed_as_it_is_acknowledged() {
    kill_again_and_again(Size::Large).await;
}
