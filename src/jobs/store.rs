//! Metrics of waiting work.

use diesel::{prelude::*, sql_types::Double};
use diesel_async::AsyncPgConnection;

use crate::db::FetchOne;

/// Seconds of the interval that `query` selects; zero if it selects nothing or a negative interval.
pub async fn seconds(mut conn: &AsyncPgConnection, query: &str) -> QueryResult<f64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Double)]
        seconds: f64,
    }
    let seconds = format!(
        "SELECT greatest(coalesce(extract(epoch FROM ({query})), 0), 0)::float8 AS seconds"
    );
    let row: Row = diesel::sql_query(seconds).fetch_one(&mut conn).await?;
    Ok(row.seconds)
}
