//! The content of an account export.

use std::io::{Cursor, Read};

use actix_web::http::Method;
use serde_json::{Value, json};
use zip::ZipArchive;

use super::{entry, manifest, take_out, with_everything};
use crate::{
    imports::{folder::Folder, import},
    pictures::{activity, gpx, northward},
    support::{PASSWORD, TestApp, User},
};

#[actix_rt::test]
async fn a_personal_token_restores_no_account() {
    let app = TestApp::spawn().await;
    let ann = with_everything(&app, "ann@example.com").await;
    let home = take_out(&app, &ann).await;
    let bob = app.user("bob@example.com").await;
    let scopes = ["activities:read", "activities:write"];
    let body = json!({"name": "script", "scopes": scopes, "password": PASSWORD});
    let made = app.post_as(&bob, "/me/tokens", &body).await.expect(201).json();
    let script = User { token: made["token"].as_str().unwrap().to_owned(), ..bob.clone() };
    let before = app.get_as(&bob, "/me").await.expect(200).json();
    let refused = import(&app, &script, "home.zip", &home).await;
    assert_eq!(
        (&refused["counts"]["refused"], &refused["counts"]["imported"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(refused["files"][0]["code"], "needs_login", "{refused}");
    assert_eq!(app.get_as(&bob, "/me").await.expect(200).json(), before);
    assert_eq!(app.get_as(&bob, "/me/goals").await.expect(200).json(), json!({"goals": []}));
    assert_eq!(
        app.database
            .text(&format!("SELECT count(*) FROM activities WHERE user_id = '{}'", bob.id))
            .await,
        "0"
    );
}

#[actix_rt::test]
async fn a_log_is_the_same_on_another_server() {
    // This server stores files in rows, the other one in a folder.
    let folder = Folder::new();
    let there = TestApp::spawn_with(&[("ORIGINALS_DIR", folder.path())]).await;
    let here = TestApp::spawn().await;
    let ann = with_everything(&here, "ann@example.com").await;
    let first = take_out(&here, &ann).await;
    let made = manifest(&first);
    assert_eq!(
        (&made["format"], &made["activities"]),
        (&json!("sports-log-account-export"), &json!(8))
    );
    let csv = String::from_utf8(entry(&first, "activities.csv")).unwrap();
    assert!(csv.starts_with("id,activity_type,started_at,") && csv.contains("Ä 🏋"));

    let bob = there.user("bob@example.com").await;
    let taken = import(&there, &bob, "home.zip", &first).await;
    assert_eq!(taken["counts"]["refused"], 0, "{taken}");
    assert_eq!((&taken["status"], &taken["progress"]), (&json!("done"), &json!(1.0)));
    let second = take_out(&there, &bob).await;
    assert_eq!(manifest(&second)["content"], made["content"]);
    assert_eq!(folder.files().len(), 4);

    // Also the answers that clients get.
    for path in ["/stats/summary?group_by=day", "/stats/records"] {
        let mut answers = Vec::new();
        for (app, user) in [(&here, &ann), (&there, &bob)] {
            answers.push(app.get_as(user, path).await.expect(200).json());
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
    let goals = there.get_as(&bob, "/me/goals").await.expect(200).json();
    assert_eq!(goals["goals"].as_array().unwrap().len(), 2);
    let list = async |app: &TestApp, user: &User| {
        let page = app.get_as(user, "/activities?limit=100").await.expect(200).json();
        page["activities"].as_array().unwrap().clone()
    };
    let (before, after) = (list(&here, &ann).await, list(&there, &bob).await);
    assert_eq!((before.len(), after.len()), (7, 7));
    for (one, other) in before.iter().zip(&after) {
        let path = |suffix: &str| format!("/activities/{}{suffix}", one["id"].as_str().unwrap());
        assert_eq!(one["id"], other["id"]);
        let whole = async |app: &TestApp, user: &User| {
            let mut one = app.get_as(user, &path("")).await.expect(200).json();
            for own in ["revision", "created_at", "updated_at"] {
                one.as_object_mut().unwrap().remove(own);
            }
            one
        };
        assert_eq!(whole(&here, &ann).await, whole(&there, &bob).await);
        for suffix in ["/streams?resolution=full", "/original"] {
            let (one, other) =
                (here.get_as(&ann, &path(suffix)).await, there.get_as(&bob, &path(suffix)).await);
            assert_eq!(one.status, other.status);
            if one.status == 200 {
                assert_eq!(one.body, other.body);
            }
        }
    }
    let profile = there.get_as(&bob, "/me").await.expect(200).json();
    assert_eq!(
        (&profile["profile"]["display_name"], &profile["email"]),
        (&json!("Ann"), &json!("bob@example.com"))
    );

    // Imported again, or into the original log: nothing is duplicated.
    for (app, user) in [(&there, &bob), (&here, &ann)] {
        let again = import(app, user, "again.zip", &first).await;
        assert_eq!(
            (&again["counts"]["duplicate"], &again["counts"]["activities"]),
            (&json!(9), &json!(0))
        );
        assert_eq!(list(app, user).await.len(), 7);
    }
    // Into another account of the same server, where the ids must differ.
    let carl = here.user("carl@example.com").await;
    for activities in [7, 0] {
        let taken = import(&here, &carl, "home.zip", &first).await;
        assert_eq!(taken["counts"]["refused"], 0);
        assert_eq!(list(&here, &carl).await.len(), 7);
        assert_eq!(taken["counts"]["activities"].as_i64().unwrap().min(7), activities);
    }
    let parents = "SELECT count(*) FROM activities a JOIN activities p ON p.id = a.parent_id WHERE a.user_id = p.user_id";
    assert_eq!(here.database.text(parents).await, "4");
    assert_eq!(list(&here, &ann).await, before);
}

#[actix_rt::test]
async fn goals_are_taken_in_once_and_a_zone_that_was_chosen_stays() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let goals = async |user: &User| {
        let goals = app.get_as(user, "/me/goals").await.expect(200).json();
        let goals = goals["goals"].as_array().unwrap().clone();
        goals.iter().map(|goal| goal["target"].as_f64().unwrap()).collect::<Vec<_>>()
    };
    let targets = [9.0, 3.0, 7.0, 5.0, 1.0];
    for target in targets {
        let goal = json!({"metric": "activities", "period": "week", "target": target});
        app.post_as(&ann, "/me/goals", &goal).await.expect(201);
    }
    let taken_out = take_out(&app, &ann).await;
    let bob = app.user("bob@example.com").await;
    for _ in 0..2 {
        import(&app, &bob, "home.zip", &taken_out).await;
        assert_eq!(goals(&bob).await, targets);
    }
    let carl = app.user("carl@example.com").await;
    app.put_as(&carl, "/me/profile", &json!({"time_zone": "Europe/Rome"})).await.expect(200);
    import(&app, &carl, "home.zip", &taken_out).await;
    let me = app.get_as(&carl, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["time_zone"], "Europe/Rome");
    assert!(goals(&carl).await.is_empty());
}

#[actix_rt::test]
async fn privacy_zones_move_along_as_they_were_drawn() {
    let (here, there) = (TestApp::spawn().await, TestApp::spawn().await);
    let ann = here.user("ann@example.com").await;
    let path = activity(&here, &ann, &gpx(&[northward(900)])).await;
    let id = path.strip_prefix("/activities/").unwrap();
    let share = json!({"picture": "route", "activity_id": id});
    let picture = async |app: &TestApp, user: &User| {
        let made = app.post_as(user, "/shares", &share).await.expect(201).json();
        let link = made["svg_url"].as_str().unwrap().trim_start_matches("https://log.example");
        app.get(link).await.expect(200).text()
    };
    let zones = json!({"zones": [{"latitude": 47.01, "longitude": 8.0, "radius_meters": 150.5}]});
    here.put_as(&ann, "/me/privacy-zones", &zones).await.expect(200);
    let shown = picture(&here, &ann).await;
    let taken_out = take_out(&here, &ann).await;
    let bob = there.user("bob@example.com").await;
    let taken = import(&there, &bob, "home.zip", &taken_out).await;
    assert_eq!(taken["counts"]["refused"], 0, "{taken}");
    assert_eq!(there.get_as(&bob, "/me/privacy-zones").await.expect(200).json(), zones);
    // A second random choice would reveal more than the first.
    assert_eq!(picture(&there, &bob).await, shown);
    let again = take_out(&there, &bob).await;
    assert_eq!(manifest(&again)["content"], manifest(&taken_out)["content"]);
}

#[actix_rt::test]
async fn what_is_for_people_has_no_secrets() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let token = json!({"name": "watch", "scopes": ["activities:write"], "password": PASSWORD});
    let token = app.post_as(&ann, "/me/tokens", &token).await.expect(201).json();
    let hook = json!({"url": "https://example.org/hook", "events": ["activity.created"], "password": PASSWORD});
    let hook = app.post_as(&ann, "/me/webhooks", &hook).await.expect(201).json();
    let share = json!({"picture": "weekly", "weeks": 8});
    let share = app.post_as(&ann, "/shares", &share).await.expect(201).json();
    let made = take_out(&app, &ann).await;
    let account: Value = serde_json::from_slice(&entry(&made, "account.json")).unwrap();
    assert_eq!(
        (&account["email"], &account["tokens"][0]["name"]),
        (&json!("ann@example.com"), &json!("watch"))
    );
    assert_eq!(
        (&account["webhooks"][0]["url"], &account["has_password"]),
        (&hook["url"], &json!(true))
    );
    assert_eq!(
        (&account["shares"][0]["picture"], &account["shares"][0]["weeks"]),
        (&json!("weekly"), &json!(8))
    );
    let link = share["svg_url"].as_str().unwrap().trim_end_matches(".svg");
    let (_, link) = link.rsplit_once('/').unwrap();
    let mut archive = ZipArchive::new(Cursor::new(made.as_slice())).unwrap();
    let text: String = (0..archive.len())
        .map(|index| {
            let mut content = Vec::new();
            archive.by_index(index).unwrap().read_to_end(&mut content).unwrap();
            String::from_utf8_lossy(&content).into_owned()
        })
        .collect();
    for secret in
        [token["token"].as_str().unwrap(), hook["secret"].as_str().unwrap(), "$argon2", link]
    {
        assert!(!text.contains(secret));
    }
}

/// Two activities that their owner has unmerged stay two on the next server.
#[actix_rt::test]
async fn what_was_taken_apart_stays_apart() {
    let (here, there) = (TestApp::spawn().await, TestApp::spawn().await);
    let (ann, bob) = (here.user("ann@example.com").await, there.user("bob@example.com").await);
    let run = |source: &str| json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 600, "source": source});
    let shown = here.post_as(&ann, "/activities", &run("garmin")).await.expect(201);
    here.post_as(&ann, "/activities", &run("apple")).await.expect(200);
    let unmerge = format!("{}/unmerge", shown.header("location"));
    here.request(&ann, Method::POST, &unmerge, None).await.expect(200);
    let moved = take_out(&here, &ann).await;
    assert_eq!(import(&there, &bob, "a.zip", &moved).await["counts"]["activities"], 2);
    // They are merged with an activity that exists there.
    let carl = there.user("carl@example.com").await;
    there.post_as(&carl, "/activities", &run("manual")).await.expect(201);
    assert_eq!(import(&there, &carl, "a.zip", &moved).await["counts"]["merged"], 2);
}
