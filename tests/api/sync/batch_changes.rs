//! Batches that change and delete.

use serde_json::{Value, json};

use super::{listed, named, run};
use crate::{
    personal_tokens::made,
    support::{TestApp, User},
};

async fn batch(app: &TestApp, user: &User, body: &Value) -> Value {
    app.post_as(user, "/activities/batch", body).await.expect(200).json()
}

async fn logged(app: &TestApp, user: &User, body: &Value) -> Value {
    app.post_as(user, "/activities", body).await.expect(201).json()
}

#[actix_rt::test]
async fn one_batch_creates_changes_and_deletes() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (one, two) = (logged(&app, &ann, &run()).await, logged(&app, &ann, &run()).await);
    let body = json!({
        "activities": [run()],
        "updates": [{"id": one["id"], "if_match": one["revision"], "title": "A", "duration_secs": 5},
                    {"id": one["id"], "title": "A"}],
        "deletes": [{"id": two["id"], "if_match": two["revision"]}],
    });
    let answer = app.post_with_key(&ann, "/activities/batch", "k", &body).await.expect(200).json();
    assert_eq!(answer["results"][0]["status"], "created");
    let [first, second] = [0, 1].map(|index| &answer["updates"][index]);
    assert_eq!((&first["status"], &second["status"]), (&json!("updated"), &json!("unchanged")));
    assert_eq!(first["revision"], second["revision"]);
    assert_eq!(answer["deletes"], json!([{"status": "deleted", "id": two["id"]}]));
    let path = format!("/activities/{}", one["id"].as_str().unwrap());
    let changed = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!((&changed["title"], &changed["revision"]), (&json!("A"), &first["revision"]));
    assert_eq!(listed(&app, &ann).await.len(), 2);
    // A retry changes nothing.
    let again = app.post_with_key(&ann, "/activities/batch", "k", &body).await.expect(200).json();
    assert_eq!(again, answer);
    // Only what is asked for, and nothing is created.
    let delete = batch(&app, &ann, &json!({"deletes": [{"id": one["id"]}]})).await;
    assert_eq!(delete, json!({"results": [], "deletes": [{"status": "deleted", "id": one["id"]}]}));
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let three = logged(&app, &ann, &run()).await;
    let update = json!({"updates": [{"id": three["id"], "notes": "x"}]});
    assert_eq!(batch(&app, &writer, &update).await["updates"][0]["status"], "updated");
}

#[actix_rt::test]
async fn each_item_is_refused_by_itself() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let (one, two) = (logged(&app, &ann, &named("1", 60)).await, logged(&app, &ann, &run()).await);
    let theirs = logged(&app, &bob, &run()).await;
    let body = json!({
        "updates": [
            {"id": two["id"], "source": "garmin", "external_id": "1"},
            {"id": two["id"], "if_match": 99, "title": "x"},
            {"id": theirs["id"], "title": "x"},
            {"id": two["id"], "title": 5},
            {"title": "x"},
            {"id": two["id"], "title": "kept"},
        ],
        "deletes": [{"id": one["id"], "if_match": 99}, {"id": theirs["id"]}, {"id": one["id"], "if_match": 1.5}],
    });
    let answer = batch(&app, &ann, &body).await;
    let of = |list: &str| {
        let outcomes = answer[list].as_array().unwrap().iter();
        let code = |outcome: &Value| outcome.get("code").unwrap_or(&outcome["status"]).clone();
        outcomes.map(code).collect::<Vec<_>>()
    };
    let invalid = "validation_failed";
    let codes = ["external_id_taken", "version_mismatch", "not_found", invalid, invalid, "updated"];
    assert_eq!(of("updates"), codes);
    assert_eq!(of("deletes"), ["version_mismatch", "not_found", invalid]);
    assert_eq!(answer["updates"][4]["fields"][0]["field"], "id");
    assert_eq!(answer["deletes"][2]["fields"][0]["field"], "if_match");
    let before = listed(&app, &ann).await;
    assert_eq!(before.len(), 2);
    assert_eq!(
        listed(&app, &bob).await,
        [theirs.clone()].map(|mut whole| {
            for part in ["laps", "sets", "device_data", "merged"] {
                whole.as_object_mut().unwrap().remove(part);
            }
            whole
        })
    );
    // All or nothing.
    for (body, code, status, field) in [
        (
            json!({"updates": [{"id": one["id"], "title": "x"}], "deletes": [{"id": theirs["id"]}]}),
            "not_found",
            404,
            "deletes[0]",
        ),
        (
            json!({"activities": [run()], "updates": [{"id": one["id"], "if_match": 99}]}),
            "version_mismatch",
            412,
            "updates[0]",
        ),
        (
            json!({"activities": [run()], "updates": [{"id": one["id"], "title": 5}]}),
            invalid,
            422,
            "updates[0].title",
        ),
        (json!({}), invalid, 422, "activities"),
    ] {
        let refused = app.post_as(&ann, "/activities/batch?atomic=true", &body).await;
        let refused = refused.expect_error(status, code).json();
        assert_eq!(refused["fields"][0]["field"], field, "{refused}");
    }
    assert_eq!(listed(&app, &ann).await, before);
}
