//! Taking everything along, and bringing it to another server.

use std::io::{Cursor, Read, Write};

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    imports::{MORNING, folder::Folder, import, outcomes, zip},
    support::{
        Database, PASSWORD, SmtpServer, TestApp, User, fit, process::Process, settings, until,
        until_selects,
    },
};

/// Asks for a zip and waits for it.
async fn take_out(app: &TestApp, user: &User) -> Vec<u8> {
    let asked = app.request(user, Method::POST, "/me/export", None).await.expect(202);
    assert_eq!(asked.header("location"), "/me/export");
    let mut now = Value::Null;
    until("the zip is made", async || {
        now = app.get_as(user, "/me/export").await.expect(200).json();
        assert_ne!(now["status"], "failed");
        now["status"] == "done"
    })
    .await;
    assert_eq!(now["progress"], 1.0);
    let file = app.get_as(user, "/me/export/file").await.expect(200);
    assert_eq!(file.header("content-type"), "application/zip");
    assert_eq!(json!(file.body.len()), now["bytes"]);
    file.body
}

fn entry(zip: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).expect(name).read_to_end(&mut content).unwrap();
    content
}

fn manifest(zip: &[u8]) -> Value {
    serde_json::from_slice(&entry(zip, "manifest.json")).unwrap()
}

/// The same zip with some entries changed.
fn changed(zip: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.to_string()).collect();
    for name in names {
        let mut content = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut content).unwrap();
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(&change(&name, content)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An account with something of everything.
async fn with_everything(app: &TestApp, email: &str) -> User {
    let ann = app.user(email).await;
    let profile =
        json!({"display_name": "Ann", "preferred_units": "imperial", "time_zone": "Europe/Rome"});
    app.put_as(&ann, "/me/profile", &profile).await.expect(200);
    for target in [100_000, 90_000] {
        let goal = json!({"metric": "distance", "period": "month", "target": target, "activity_type": "run"});
        app.post_as(&ann, "/me/goals", &goal).await.expect(201);
    }
    app.put_as(&ann, "/me/preferences", &json!({"theme": {"dark": true}, "week": 1}))
        .await
        .expect(200);
    // By hand, with all there is to say.
    let lift = json!({
        "activity_type": "lift", "started_at": "2026-01-02T03:04:05.678Z", "duration_secs": 3600, "calories": 250,
        "notes": "a \"quote\", a comma,\nand a line", "title": "Ä 🏋", "elapsed_secs": 4000, "moving_secs": 3500,
        "distance_meters": 0.1, "avg_cadence": 12.3, "utc_offset_minutes": -330, "external_id": "x-1", "source": "apple",
        "sets": [{"exercise": "squat", "reps": 5, "weight_kg": 102.5, "rpe": 8.5, "rest_secs": 120}],
        "laps": [{"duration_secs": 60.5, "distance_meters": 100.25}],
        "device_data": {"deep": [1, 2.5e-3, {"x": null}], "big": 12345678901234567890_u64},
    });
    app.post_as(&ann, "/activities", &lift).await.expect(201);
    // Of a file, of a triathlon, and one from two sources.
    import(app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let triathlon = fit::activity(&[
        (5, MORNING + 86_400, 300),
        (2, MORNING + 90_000, 600),
        (1, MORNING + 95_000, 300),
    ]);
    import(app, &ann, "tri.fit", &triathlon).await;
    let same = json!({
        "activity_type": "run", "started_at": "2026-05-08T08:00:00Z", "duration_secs": 600, "title": "By hand", "calories": 77,
    });
    app.post_as(&ann, "/activities", &same).await.expect(201);
    import(app, &ann, "b.fit", &fit::run(MORNING + 4 * 86_400, 600)).await;
    // By itself, from an app, with a file of its own.
    let workout = json!({
        "id": "w-1", "name": "Outdoor Walk", "start": "2026-07-01 10:00:00 +0200", "end": "2026-07-01 10:10:00 +0200",
        "distance": {"qty": 0.8, "units": "km"},
        "heartRateData": [{"date": "2026-07-01 10:00:10 +0200", "Min": 80, "Avg": 90, "Max": 101, "units": "bpm"}],
    });
    let body = json!({"data": {"workouts": [workout]}});
    app.post_as(&ann, "/integrations/apple/health-auto-export", &body).await.expect(200);
    ann
}

#[actix_rt::test]
async fn a_log_is_the_same_on_another_server() {
    // Files are in rows here, and in a folder there.
    let folder = Folder::new();
    let there = TestApp::spawn_with(&[("ORIGINALS_DIR", folder.path())]).await;
    let here = TestApp::spawn().await;
    let ann = with_everything(&here, "ann@example.com").await;
    let first = take_out(&here, &ann).await;
    let made = manifest(&first);
    assert_eq!((&made["format"], &made["activities"]), (&json!("sports-log-takeout"), &json!(8)));
    let csv = String::from_utf8(entry(&first, "activities.csv")).unwrap();
    assert!(csv.starts_with("id,activity_type,started_at,") && csv.contains("Ä 🏋"));

    let bob = there.user("bob@example.com").await;
    let taken = import(&there, &bob, "home.zip", &first).await;
    assert_eq!(taken["counts"]["refused"], 0, "{taken}");
    assert_eq!((&taken["status"], &taken["progress"]), (&json!("done"), &json!(1.0)));
    let second = take_out(&there, &bob).await;
    assert_eq!(manifest(&second)["content"], made["content"]);
    assert_eq!(folder.files().len(), 4);

    // As clients see it, too.
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

    // Again, or where it came from: nothing is doubled.
    for (app, user) in [(&there, &bob), (&here, &ann)] {
        let again = import(app, user, "again.zip", &first).await;
        assert_eq!(
            (&again["counts"]["duplicate"], &again["counts"]["activities"]),
            (&json!(9), &json!(0))
        );
        assert_eq!(list(app, user).await.len(), 7);
    }
    // To somebody else of the same server, whose ids must be others.
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
async fn what_is_for_people_has_no_secrets() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let token = json!({"name": "watch", "scopes": ["activities:write"], "password": PASSWORD});
    let token = app.post_as(&ann, "/me/tokens", &token).await.expect(201).json();
    let hook = json!({"url": "https://example.org/hook", "events": ["activity.created"], "password": PASSWORD});
    let hook = app.post_as(&ann, "/me/webhooks", &hook).await.expect(201).json();
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
    let mut archive = ZipArchive::new(Cursor::new(made.as_slice())).unwrap();
    let text: String = (0..archive.len())
        .map(|index| {
            let mut content = Vec::new();
            archive.by_index(index).unwrap().read_to_end(&mut content).unwrap();
            String::from_utf8_lossy(&content).into_owned()
        })
        .collect();
    for secret in [token["token"].as_str().unwrap(), hook["secret"].as_str().unwrap(), "$argon2"] {
        assert!(!text.contains(secret));
    }
}

#[actix_rt::test]
async fn what_was_changed_on_its_way_is_refused_and_the_rest_is_kept() {
    let (here, there) = (TestApp::spawn().await, TestApp::spawn().await);
    let ann = with_everything(&here, "ann@example.com").await;
    let whole = take_out(&here, &ann).await;
    let bob = there.user("bob@example.com").await;
    let refused = |import: &Value| -> Vec<String> {
        let refused = outcomes(import).into_iter().filter(|(_, outcome, _)| outcome == "refused");
        refused.map(|(_, _, code)| code).collect()
    };

    let lines = changed(&whole, |name, mut content| {
        if name == "activities.ndjson" {
            content.extend_from_slice(b"{}\n");
        }
        content
    });
    let import_lines = import(&there, &bob, "a.zip", &lines).await;
    assert_eq!(refused(&import_lines), ["bad_checksum"]);
    assert_eq!(import_lines["counts"]["activities"], 0);
    assert_eq!(
        there.get_as(&bob, "/me").await.expect(200).json()["profile"]["display_name"],
        "Ann"
    );

    // One file is damaged: what was made of it is refused, and nothing else.
    let damaged = changed(&whole, |name, mut content| {
        if name.starts_with("originals/") && content.len() < 20_000 {
            content.push(0);
        }
        content
    });
    let taken = import(&there, &bob, "b.zip", &damaged).await;
    let codes = refused(&taken);
    assert!(!codes.is_empty() && codes.iter().all(|code| code == "bad_checksum"), "{taken}");
    assert!(taken["counts"]["activities"].as_i64().unwrap() > 0);
    let taken = import(&there, &bob, "c.zip", &whole).await;
    assert_eq!(taken["counts"]["refused"], 0);
    assert_eq!(manifest(&take_out(&there, &bob).await)["content"], manifest(&whole)["content"]);

    let newer = changed(&whole, |name, content| {
        if name != "manifest.json" {
            return content;
        }
        let mut manifest: Value = serde_json::from_slice(&content).unwrap();
        manifest["version"] = json!(2);
        manifest.to_string().into_bytes()
    });
    assert_eq!(refused(&import(&there, &bob, "d.zip", &newer).await), ["unknown_format"]);
}

/// A takeout by an enemy's hand reaches nobody else's log, and says nothing that a client could not.
#[actix_rt::test]
async fn a_forged_takeout_is_held_to_the_rules_of_clients() {
    let app = TestApp::spawn().await;
    let (ann, eve) = (app.user("ann@example.com").await, app.user("eve@example.com").await);
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 600});
    let hers = app.post_as(&ann, "/activities", &run).await.expect(201).json();
    let id = |n: u8| format!("00000000-0000-4000-8000-0000000000{n:02}");
    let line = |n: u8, more: Value| {
        let mut line = json!({"id": id(n), "source": "manual", "activity_type": "run", "duration_secs": 60,
                              "started_at": format!("2026-06-{:02}T08:00:00Z", n + 1)});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line.to_string()
    };
    let lines = [
        line(1, json!({"id": hers["id"], "title": "hijacked"})),
        line(2, json!({"merged_into": hers["id"], "parent_id": hers["id"]})),
        line(3, json!({"user_id": ann.id, "revision": 1, "source": "root"})),
        line(4, json!({"duration_secs": -1})),
        line(5, json!({"title": "a\u{0}b"})),
        line(6, json!({"laps": [{"avg_heart_rate": "x"}]})),
        line(7, json!({"original": "00"})),
        line(8, json!({"activity_type": "Run!"})),
        "[]".to_owned(),
        "{\"id\": 5}".to_owned(),
        line(9, json!({"merged": [{"activity_id": hers["id"], "source": "x", "fields": ["title; DROP TABLE users"]}]})),
        line(10, json!({})),
    ]
    .join("\n");
    let sha256 = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let streams = json!({"started_at": "2026-06-11T08:00:00Z", "breaks": [9], "series": [["time", [1.0]], ["time", [1.0, 2.0]]]});
    let streams = streams.to_string().into_bytes();
    let files = [
        ("activities.ndjson".to_owned(), lines.into_bytes()),
        (
            "profile.json".to_owned(),
            br#"{"display_name": "", "preferred_units": "parsec", "preferences": {}}"#.to_vec(),
        ),
        ("originals.ndjson".to_owned(), Vec::new()),
        (format!("streams/{}.json", id(10)), streams),
    ];
    let content: Vec<Value> = files
        .iter()
        .map(|(path, bytes)| json!({"path": path, "bytes": bytes.len(), "sha256": sha256(bytes)}))
        .collect();
    let manifest = json!({"format": "sports-log-takeout", "version": 1, "made_by": "eve", "made_at": "2026-01-01T00:00:00Z",
                          "activities": u64::MAX, "content": content, "about": []});
    let manifest = manifest.to_string().into_bytes();
    let mut entries: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    entries.push(("manifest.json", &manifest));
    let taken = import(&app, &eve, "forged.zip", &zip(&entries)).await;
    let found: Vec<String> = outcomes(&taken).into_iter().map(|(_, outcome, _)| outcome).collect();
    assert_eq!(
        found,
        [
            "refused", "imported", "imported", "imported", "refused", "refused", "refused",
            "imported", "refused", "refused", "refused", "imported", "imported"
        ]
    );
    assert_eq!(
        app.get_as(&ann, &format!("/activities/{}", hers["id"].as_str().unwrap()))
            .await
            .expect(200)
            .json(),
        hers
    );
    let page = app.get_as(&eve, "/activities?limit=100").await.expect(200).json();
    let eves = page["activities"].as_array().unwrap();
    // The second stands behind the first, which has an id of its own here.
    assert_eq!(eves.len(), 5);
    assert!(eves.iter().all(|one| one["id"] != hers["id"] && one["parent_id"].is_null()));
    assert!(eves.iter().all(|one| one["source"] == "manual" || one["source"] == "import"));
    // What it says of others stays words.
    app.post_as(&eve, &format!("/activities/{}/unmerge", id(9)), &json!({})).await.expect(200);
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "2");
    let ten = app.get_as(&eve, &format!("/activities/{}/streams", id(10))).await.expect(200).json();
    assert_eq!(ten["series"], json!({}));
}

#[actix_rt::test]
async fn there_is_one_at_a_time_and_it_is_its_owners() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    for (method, path) in [
        (Method::GET, "/me/export"),
        (Method::GET, "/me/export/file"),
        (Method::DELETE, "/me/export"),
    ] {
        app.request(&ann, method, path, None).await.expect_error(404, "not_found");
    }
    let gate = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER gate BEFORE UPDATE ON takeouts FOR EACH ROW WHEN (NEW.status = 'running')
                    EXECUTE FUNCTION no()";
    app.database.connect().await.batch_execute(gate).await.unwrap();
    let ask = async || app.request(&ann, Method::POST, "/me/export", None).await.expect(202).json();
    let first = ask().await;
    assert_eq!(first["status"], "waiting");
    assert_eq!(ask().await["created_at"], first["created_at"]);
    app.get_as(&ann, "/me/export/file").await.expect_error(409, "not_ready");
    app.get_as(&bob, "/me/export").await.expect_error(404, "not_found");
    app.database.execute("DROP TRIGGER gate ON takeouts").await;
    let made = take_out(&app, &ann).await;
    assert_eq!(manifest(&made)["activities"], 0);
    app.get_as(&bob, "/me/export/file").await.expect_error(404, "not_found");
    // A new one takes its place.
    take_out(&app, &ann).await;
    app.request(&ann, Method::DELETE, "/me/export", None).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM takeout_chunks").await, "0");
}

#[actix_rt::test]
async fn it_is_made_anew_where_its_maker_was_killed() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let ann = {
        let app = TestApp::spawn_on(database.clone(), smtp.clone(), &[]).await;
        let ann = app.user("ann@example.com").await;
        let runs: Vec<_> =
            (0..150).map(|n| (format!("{n}.fit"), fit::run(MORNING + n * 3600, 900))).collect();
        let runs: Vec<_> = runs.iter().map(|(name, run)| (name.as_str(), run.as_slice())).collect();
        import(&app, &ann, "a.zip", &zip(&runs)).await;
        ann
    };
    let mut variables = settings(&database.url, smtp.port);
    variables
        .extend([("IMPORT_LEASE_SECS", "1".to_owned()), ("IMPORT_POLL_SECS", "0.2".to_owned())]);
    let server = Process::start(&["serve"], &variables);
    server.port();
    database.execute(&format!("INSERT INTO takeouts (user_id) VALUES ('{}')", ann.id)).await;
    until_selects(&database, "SELECT count(*) > 0 FROM takeout_chunks", "true").await;
    server.end(Signal::SIGKILL);
    let app = TestApp::spawn_on(
        database.clone(),
        smtp,
        &[("IMPORT_LEASE_SECS", "1"), ("IMPORT_POLL_SECS", "0.2")],
    )
    .await;
    until_selects(&database, "SELECT status FROM takeouts", "done").await;
    let made = app.get_as(&ann, "/me/export/file").await.expect(200).body;
    let listed = manifest(&made)["content"].as_array().unwrap().len();
    // 150 files and as many series, with three lists.
    assert_eq!(listed, 303);
    for file in manifest(&made)["content"].as_array().unwrap() {
        use sha2::{Digest, Sha256};
        let digest: String = Sha256::digest(entry(&made, file["path"].as_str().unwrap()))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(file["sha256"], digest);
    }
}
