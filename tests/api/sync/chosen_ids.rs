//! Ids that clients choose.

use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{named, run, send};
use crate::{
    personal_tokens::made,
    support::{TestApp, User},
};

fn chosen(id: Uuid) -> Value {
    let mut body = run();
    body["id"] = json!(id);
    body
}

async fn batch(app: &TestApp, user: &User, query: &str, activities: &[Value]) -> Vec<Value> {
    let path = format!("/activities/batch{query}");
    let answer = app.post_as(user, &path, &json!({"activities": activities})).await.expect(200);
    answer.json()["results"].as_array().unwrap().clone()
}

#[actix_rt::test]
async fn the_same_create_again_is_the_same_answer() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let id = Uuid::new_v4();
    let first = app.post_as(&ann, "/activities", &chosen(id)).await.expect(201);
    assert_eq!(first.header("location"), format!("/activities/{id}"));
    let again = app.post_as(&ann, "/activities", &chosen(id)).await.expect(200);
    assert_eq!((again.json(), again.header("etag")), (first.json(), first.header("etag")));
    let results = batch(&app, &ann, "", &[chosen(id), chosen(Uuid::new_v4())]).await;
    assert_eq!(
        results[0],
        json!({"status": "unchanged", "id": id, "revision": first.json()["revision"]})
    );
    assert_eq!(results[1]["status"], "created");
    // A token that may not read learns nothing more.
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let bare = app.post_as(&writer, "/activities", &chosen(id)).await.expect(200).json();
    assert_eq!(bare, json!({"id": id, "revision": first.json()["revision"]}));
    // A PUT may repeat the whole activity, and changes no id.
    let mut whole = first.json();
    (whole["id"], whole["notes"]) = (json!(5), json!("x"));
    let path = format!("/activities/{id}");
    assert_eq!(app.put_as(&ann, &path, &whole).await.expect(200).json()["id"], json!(id));
}

#[actix_rt::test]
async fn an_id_that_is_in_use_is_refused_and_nothing_changes() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let id = Uuid::new_v4();
    let before = app.post_as(&ann, "/activities", &chosen(id)).await.expect(201).json();
    let mut other = chosen(id);
    other["duration_secs"] = json!(1);
    for (user, body) in [(&ann, &other), (&bob, &chosen(id))] {
        let refused = app.post_as(user, "/activities", body).await.expect_error(409, "id_taken");
        assert_eq!(refused.json()["fields"][0]["field"], "id");
        let results = batch(&app, user, "", &[body.clone(), chosen(Uuid::new_v4())]).await;
        assert_eq!(
            (&results[0]["code"], &results[1]["status"]),
            (&json!("id_taken"), &json!("created"))
        );
        // All or nothing.
        let count = async || {
            app.get_as(user, "/activities").await.json()["activities"].as_array().unwrap().len()
        };
        let many = count().await;
        let all = json!({"activities": [chosen(Uuid::new_v4()), body]});
        let refused = app.post_as(user, "/activities/batch?atomic=true", &all).await;
        let refused = refused.expect_error(409, "id_taken").json();
        assert_eq!(refused["fields"][0]["field"], "activities[1].id");
        assert_eq!(count().await, many);
    }
    let path = format!("/activities/{id}");
    assert_eq!(app.get_as(&ann, &path).await.expect(200).json(), before);
    app.get_as(&bob, &path).await.expect_error(404, "not_found");
    // Whatever exists is kept, if the client asks for that.
    let results = batch(&app, &ann, "?on_existing=keep", &[other.clone()]).await;
    assert_eq!(results[0], json!({"status": "kept", "id": id, "revision": before["revision"]}));
    let absent = [("if-none-match", "*")];
    let refused = send(&app, &ann, (Method::POST, "/activities"), &absent, Some(&other)).await;
    refused.expect_error(412, "already_exists");
    // A deleted activity stays deleted.
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    let refused = app.post_as(&ann, "/activities", &chosen(id)).await;
    refused.expect_error(412, "already_deleted");
    let results = batch(&app, &ann, "?on_existing=keep", &[chosen(id)]).await;
    assert_eq!(results[0], json!({"status": "deleted", "id": id}));
    for bad in [json!("x"), json!(7), json!(id.simple().to_string()), json!("")] {
        let mut body = run();
        body["id"] = bad;
        let refused = app.post_as(&ann, "/activities", &body).await;
        let refused = refused.expect_error(422, "validation_failed").json();
        assert_eq!(refused["fields"][0]["field"], "id", "{refused}");
    }
    let twice = batch(&app, &bob, "", &[chosen(Uuid::nil()), chosen(Uuid::nil())]).await;
    assert_eq!(
        (&twice[0]["status"], &twice[1]["fields"][0]["code"]),
        (&json!("created"), &json!("duplicate"))
    );
}

#[actix_rt::test]
async fn an_activity_with_a_name_keeps_the_id_that_it_has() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let first = app.post_as(&ann, "/activities", &named("1", 60)).await.expect(201).json();
    let mut again = named("1", 90);
    again["id"] = json!(Uuid::new_v4());
    let changed = app.post_as(&ann, "/activities", &again).await.expect(200).json();
    assert_eq!((&changed["id"], &changed["duration_secs"]), (&first["id"], &json!(90)));
    // Merged into another source's activity, it is answered as the visible one, twice.
    let mut other = named("x", 90);
    (other["id"], other["source"]) = (json!(Uuid::new_v4()), json!("my-app"));
    for _ in 0..2 {
        let merged = app.post_as(&ann, "/activities", &other).await.expect(200).json();
        assert_eq!(merged["id"], first["id"]);
    }
}
