//! The database's time, which all servers of a database agree on: the local clock plus a correction
//! that is measured against the database. Use it for times that another server compares.

use std::{
    sync::atomic::{AtomicI64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{QueryResult, dsl::sql, sql_types::Timestamptz};
use diesel_async::AsyncPgConnection;

use super::FetchOne;

/// Measurements with a longer round trip are discarded as too inexact.
const PATIENCE: Duration = Duration::from_secs(2);

/// Milliseconds to add to the local clock. A process has one clock and works with one database.
static CORRECTION: AtomicI64 = AtomicI64::new(0);

/// The current time by the database's clock, exact to half a round trip of the last measurement.
pub fn now() -> DateTime<Utc> {
    Utc::now() + TimeDelta::milliseconds(CORRECTION.load(Relaxed))
}

/// Measures the local clock against the database's and sets the correction of [`now`]. Returns the
/// seconds by which the local clock is ahead, negative if it is behind; `None` if the database took
/// too long to answer.
pub async fn measure(mut conn: &AsyncPgConnection) -> QueryResult<Option<f64>> {
    let (local, asked) = (Utc::now(), Instant::now());
    let database: DateTime<Utc> =
        diesel::select(sql::<Timestamptz>("clock_timestamp()")).fetch_one(&mut conn).await?;
    let round_trip = asked.elapsed();
    if round_trip > PATIENCE {
        return Ok(None);
    }
    let behind = database - (local + round_trip / 2);
    CORRECTION.store(behind.num_milliseconds(), Relaxed);
    Ok(Some(-behind.as_seconds_f64()))
}
