//! Events that are not about a single activity.

use serde_json::{Value, json};

use super::{app_for, hook};
use crate::{
    imports::{MORNING, import, zip},
    support::{fit, receiver::Receiver},
};

fn of(post: &crate::support::receiver::Post) -> (Value, Value) {
    let event = post.json();
    (event["type"].clone(), event["data"].clone())
}

#[actix_rt::test]
async fn an_import_says_that_it_is_over() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    hook(&app, &ann, &json!({"url": receiver.url, "events": ["import.finished"]})).await;
    import(&app, &bob, "a.fit", &fit::run(MORNING, 600)).await;
    let files = zip(&[("a.fit", &fit::run(MORNING, 600)), ("b.fit", b"not a recording")]);
    let done = import(&app, &ann, "a.zip", &files).await;
    let (event, data) = of(&receiver.got(1).await[0]);
    assert_eq!(event, "import.finished");
    let expected = json!({"id": done["id"], "status": "done", "code": null, "message": null,
                          "imported": 1, "merged": 0, "duplicate": 0, "refused": 1});
    assert_eq!(data, expected);
    import(&app, &ann, "a.zip", &files).await;
    assert_eq!(of(&receiver.got(2).await[1]).1["duplicate"], 1);
}

#[actix_rt::test]
async fn a_connection_says_that_it_needs_its_owner() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    let events = webhook["events"].as_array().unwrap();
    assert!(events.contains(&json!("connection.needs_reauth")), "{webhook}");
    // As the synchronisation writes it, which tests/api/garmin covers.
    let connection = format!(
        "INSERT INTO garmin_connections (id, user_id, mode, credential, token_key_id, next_sync_at)
         VALUES (gen_random_uuid(), '{}', 'personal', '', '', now() + interval '1 day')",
        ann.id
    );
    app.database.execute(&connection).await;
    let refused = "UPDATE garmin_connections SET needs_reauth = true, last_error_code = 'refused',
                          last_error_message = 'Garmin refuses the key', last_error_at = now()";
    for _ in 0..2 {
        app.database.execute(refused).await;
    }
    let expected =
        json!({"service": "garmin", "code": "refused", "message": "Garmin refuses the key"});
    let posts = receiver.got(1).await;
    assert_eq!(of(&posts[0]), (json!("connection.needs_reauth"), expected));
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "1");
}
