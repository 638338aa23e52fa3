//! Acknowledged writes are visible to every other connection.

use futures_util::future::join_all;

use super::{Size, Writer, start, writers};
use crate::support::Database;

/// Writes, and checks on a separate connection that each acknowledged write is visible at once.
async fn write_and_look(mut writer: Writer<'_>, database: &Database) {
    let mut looks = database.connect().await;
    for size in [Size::Small, Size::Large, Size::Small, Size::Large] {
        let fact = writer.write(size).await.unwrap();
        assert!(fact.holds(&mut looks).await, "{size:?} {fact} is not there");
    }
}

#[actix_rt::test]
async fn others_see_at_once_what_was_acknowledged() {
    let (_postgres, app) = start(50).await;
    let writers = writers(&app).await;
    join_all(writers.into_iter().map(|writer| write_and_look(writer, &app.database))).await;
}
