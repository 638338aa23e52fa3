//! Answers of Garmin that arrive slowly, with extra data, or cut off.

use serde_json::{Value, json};

use super::{KEY, activities, standing, sync, until_read};
use crate::support::{
    TestApp, fit,
    garmin::{Garmin, listed},
    peer::{Manner, ODD_MANNERS, Peer},
    until,
};

const DAY: i64 = 86_400;

fn add(garmin: &Garmin, id: i64) {
    let start = chrono::Utc::now().timestamp() - DAY + id * 600;
    garmin.add(listed(id, start, 120), Some(fit::run(start, 120)));
}

/// A server that reaches Garmin through a peer.
async fn through_a_peer(garmin: &Garmin) -> (TestApp, Peer) {
    garmin.add_key(KEY);
    let peer = Peer::before(&garmin.base());
    let settings = peer.instead_of(&garmin.base(), garmin.settings());
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    (TestApp::spawn_with(&settings).await, peer)
}

#[actix_rt::test]
async fn an_answer_that_comes_oddly_means_what_it_says() {
    let garmin = Garmin::start().await;
    let (app, peer) = through_a_peer(&garmin).await;
    let ann = app.user("ann@example.com").await;
    add(&garmin, 100);
    peer.usually(Manner::Everything);
    app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    assert_eq!(until_read(&app, &ann).await["last_error"], Value::Null);
    for (n, manner) in ODD_MANNERS.into_iter().enumerate() {
        peer.usually(manner);
        add(&garmin, n as i64);
        assert_eq!(sync(&app, &ann).await["last_error"], Value::Null, "{manner:?}");
        assert_eq!(activities(&app, &ann).await.len(), n + 2, "{manner:?}");
    }
}

#[actix_rt::test]
async fn half_a_file_is_no_file() {
    let garmin = Garmin::start().await;
    let (app, peer) = through_a_peer(&garmin).await;
    let ann = app.user("ann@example.com").await;
    app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    until_read(&app, &ann).await;
    add(&garmin, 1);
    // The list arrives whole, then half of the file.
    peer.next(&[Manner::AsItIs, Manner::CutOff]);
    app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect(202);
    let mut error = Value::Null;
    until("the whole file came", async || {
        let last = standing(&app, &ann).await["last_error"].clone();
        if last != Value::Null {
            error = last;
        }
        activities(&app, &ann).await.len() == 1
    })
    .await;
    assert_eq!(error["code"], "unavailable", "{error}");
}
