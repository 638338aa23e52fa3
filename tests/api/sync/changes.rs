//! The change feed, with which a client keeps its copy of the log up to date.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{named, run};
use crate::support::{TestApp, User};

async fn read(app: &TestApp, user: &User, query: &str) -> Value {
    app.get_as(user, &format!("/activities/changes?{query}")).await.expect(200).json()
}

fn next(page: &Value) -> String {
    page["next"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn creations_changes_and_deletions_come_in_their_order() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let nothing = read(&app, &ann, "").await;
    assert_eq!((&nothing["changes"], &nothing["has_more"]), (&json!([]), &json!(false)));
    let mut ids = Vec::new();
    for n in 0..3 {
        let body =
            app.post_as(&ann, "/activities", &named(&n.to_string(), n)).await.expect(201).json();
        ids.push(body["id"].as_str().unwrap().to_owned());
    }
    app.put_as(&ann, &format!("/activities/{}", ids[0]), &json!({"notes": "x"})).await.expect(200);
    app.request(&ann, Method::DELETE, &format!("/activities/{}", ids[1]), None).await.expect(204);
    let page = read(&app, &ann, &format!("since={}", next(&nothing))).await;
    let told: Vec<(&str, &str)> = page["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let id = change["id"].as_str().or(change["activity"]["id"].as_str());
            (change["type"].as_str().unwrap(), id.unwrap())
        })
        .collect();
    let expected = [("changed", &ids[2]), ("changed", &ids[0]), ("deleted", &ids[1])];
    assert_eq!(told, expected.map(|(kind, id)| (kind, id.as_str())));
    assert_eq!(page["changes"][1]["activity"]["notes"], "x");
    // Read in parts, it is the same.
    let (mut since, mut parts) = (next(&nothing), Vec::new());
    loop {
        let part = read(&app, &ann, &format!("limit=1&since={since}")).await;
        parts.extend(part["changes"].as_array().unwrap().clone());
        since = next(&part);
        if part["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(&Value::from(parts), &page["changes"]);
    assert_eq!(read(&app, &ann, &format!("since={since}")).await["changes"], json!([]));
}

#[actix_rt::test]
async fn a_position_is_one_users_and_this_servers() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let position = next(&read(&app, &ann, "").await);
    for wrong in [position.as_str(), "0", "", "AAAA", &"A".repeat(43)] {
        app.get_as(&bob, &format!("/activities/changes?since={wrong}"))
            .await
            .expect_error(400, "invalid_cursor");
    }
    for wrong in ["limit=0", "limit=x", "wait=-1", "wait=x"] {
        app.get_as(&ann, &format!("/activities/changes?{wrong}"))
            .await
            .expect_error(400, "invalid_parameter");
    }
    assert_eq!(read(&app, &bob, "").await["changes"], json!([]));
    app.request(&ann, Method::POST, "/auth/logout", None).await.expect(204);
    app.get_as(&ann, "/activities/changes").await.expect_error(401, "invalid_access_token");
}

#[actix_rt::test]
async fn a_copy_that_was_away_for_too_long_begins_again() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let old = next(&read(&app, &ann, "").await);
    app.request(&ann, Method::DELETE, created.header("location"), None).await.expect(204);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    // A position contains the time at which it was issued. The test moves that time instead of the
    // server's clock.
    let key = sports_log::credentials::ServerKey::new(&crate::support::SERVER_KEY.into());
    let aged = age(&old, &key, &ann.id, 89);
    let page = read(&app, &ann, &format!("since={aged}&limit=1")).await;
    assert_eq!(page["changes"][0]["type"], "deleted");
    // The copy is not up to date yet: the age counts from its last complete read.
    let more = age(&next(&page), &key, &ann.id, 2);
    let refused = async |since: String| {
        let path = format!("/activities/changes?since={since}");
        app.get_as(&ann, &path).await.expect_error(410, "resync_required");
    };
    refused(more).await;
    refused(age(&old, &key, &ann.id, 91)).await;
    // A position of revisions that were lost with the database's last hour.
    let future = next(&read(&app, &ann, "").await);
    app.database.execute("UPDATE activity_feeds SET last_revision = 1").await;
    refused(future).await;
    assert_eq!(read(&app, &ann, "").await["changes"][1]["type"], "changed");
}

/// The position as if it had been issued `days` days earlier.
pub fn age(
    position: &str,
    key: &sports_log::credentials::ServerKey,
    user_id: &str,
    days: i64,
) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let bytes = URL_SAFE_NO_PAD.decode(position).unwrap();
    let micros = i64::from_be_bytes(bytes[8..16].try_into().unwrap()) - days * 86_400_000_000;
    let mut aged = [&bytes[..8], &micros.to_be_bytes(), &bytes[16..24]].concat();
    let user_id: uuid::Uuid = user_id.parse().unwrap();
    let data = [user_id.as_bytes().as_slice(), &aged].concat();
    let tag = key.tag(sports_log::credentials::Purpose::ChangesPosition, "tag", &data);
    aged.extend_from_slice(&tag[..16]);
    URL_SAFE_NO_PAD.encode(aged)
}

#[actix_rt::test]
async fn a_second_device_hears_of_a_change_while_it_waits() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let replica = app.replica().await;
    let since = next(&read(&app, &ann, "").await);
    let waiting = {
        let (base, token) = (replica.base.clone(), ann.token.clone());
        actix_rt::spawn(async move {
            let authorization = format!("Bearer {token}");
            let path = format!("/activities/changes?wait=30&since={since}");
            let headers = [("authorization", authorization.as_str())];
            crate::support::send(Method::GET, &base, &path, &headers, None).await
        })
    };
    let awaited = "SELECT count(*) FROM activity_feeds WHERE awaited_until > now()";
    crate::support::until_selects(&app.database, awaited, "1").await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201).json();
    let heard = waiting.await.unwrap().expect(200).json();
    assert_eq!(heard["changes"][0]["activity"]["id"], created["id"]);
}

#[actix_rt::test]
async fn waiting_ends_with_nothing_and_with_the_server() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    assert_eq!(read(&app, &ann, "wait=1").await["changes"], json!([]));
    let (base, token) = (app.base.clone(), ann.token.clone());
    let waiting = actix_rt::spawn(async move {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        crate::support::send(Method::GET, &base, "/activities/changes?wait=30", &headers, None)
            .await
    });
    let awaited =
        "SELECT count(*) FROM activity_feeds WHERE awaited_until > now() + interval '10 seconds'";
    crate::support::until_selects(&app.database, awaited, "1").await;
    let stopped = Instant::now();
    drop(app);
    // The client gets an answer instead of a broken connection, long before its wait would end.
    assert_eq!(waiting.await.unwrap().expect(200).json()["changes"], json!([]));
    assert!(stopped.elapsed() < Duration::from_secs(20));
}
