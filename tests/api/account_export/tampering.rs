//! Account exports that were damaged or forged.

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{manifest, take_out, with_everything};
use crate::{
    imports::{import, outcomes, zip},
    support::TestApp,
};

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

    // One file is damaged: the activities from it are refused, and no others.
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

    let with = |member: &str, value: Value| {
        changed(&whole, |name, content| {
            if name != "manifest.json" {
                return content;
            }
            let mut manifest: Value = serde_json::from_slice(&content).unwrap();
            manifest[member] = value.clone();
            manifest.to_string().into_bytes()
        })
    };
    let newer = with("version", json!(2));
    assert_eq!(refused(&import(&there, &bob, "d.zip", &newer).await), ["unknown_format"]);

    // Exports of older versions have another name of the format.
    let carol = there.user("carol@example.com").await;
    let older = import(&there, &carol, "e.zip", &with("format", json!("sports-log-takeout"))).await;
    assert_eq!(older["counts"]["refused"], 0, "{older}");
    assert_eq!(
        manifest(&take_out(&there, &carol).await)["activities"],
        manifest(&whole)["activities"]
    );
}

/// An export of these files, with a manifest that matches them.
fn forged(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let sha256 = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let content: Vec<Value> = files
        .iter()
        .map(|(path, bytes)| json!({"path": path, "bytes": bytes.len(), "sha256": sha256(bytes)}))
        .collect();
    let manifest = json!({"format": "sports-log-account-export", "version": 1, "made_by": "eve", "made_at": "2026-01-01T00:00:00Z",
                          "activities": u64::MAX, "content": content, "about": []});
    let manifest = manifest.to_string().into_bytes();
    let mut entries: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    entries.push(("manifest.json", &manifest));
    zip(&entries)
}

/// A forged export does not affect other users' logs, and stores nothing that a client could not
/// store.
#[actix_rt::test]
async fn a_forged_account_export_is_held_to_the_rules_of_clients() {
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
        line(3, json!({"user_id": ann.id, "revision": 1, "source": "Root"})),
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
    let taken = import(&app, &eve, "forged.zip", &forged(&files)).await;
    let found: Vec<String> = outcomes(&taken).into_iter().map(|(_, outcome, _)| outcome).collect();
    assert_eq!(
        found,
        [
            "refused", "imported", "imported", "imported", "refused", "refused", "refused",
            "imported", "refused", "refused", "refused", "imported", "imported"
        ]
    );
    // Missing and invalid parts are reported.
    let told = |at: usize| taken["files"][at]["warning"].as_str().unwrap_or_default();
    assert_eq!(told(7), "the activity's original file is not in the export");
    assert_eq!(told(12), "the measured values are impossible and were left out");
    assert_eq!(taken["warnings"], 2);
    assert_eq!(
        app.get_as(&ann, &format!("/activities/{}", hers["id"].as_str().unwrap()))
            .await
            .expect(200)
            .json(),
        hers
    );
    let page = app.get_as(&eve, "/activities?limit=100").await.expect(200).json();
    let eves = page["activities"].as_array().unwrap();
    // The second is merged into the first, which has a new id here.
    assert_eq!(eves.len(), 5);
    assert!(eves.iter().all(|one| one["id"] != hers["id"] && one["parent_id"].is_null()));
    assert!(eves.iter().all(|one| one["source"] == "manual" || one["source"] == "import"));
    // References to other activities have no effect.
    app.post_as(&eve, &format!("/activities/{}/unmerge", id(9)), &json!({})).await.expect(200);
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "2");
    let ten = app.get_as(&eve, &format!("/activities/{}/streams", id(10))).await.expect(200).json();
    assert_eq!(ten["series"], json!({}));
}

/// An activity claims to be merged from one whose id another user's activity will have.
#[actix_rt::test]
async fn taking_apart_reaches_nobody_elses_activity() {
    let app = TestApp::spawn().await;
    let (ann, eve) = (app.user("ann@example.com").await, app.user("eve@example.com").await);
    let id = |n: u8| format!("00000000-0000-4000-8000-0000000000{n:02}");
    let line = |n: u8, more: Value| {
        let mut line = json!({"id": id(n), "source": "manual", "activity_type": "run", "duration_secs": 60,
                              "started_at": format!("2026-06-{:02}T08:00:00Z", n + 1)});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line.to_string()
    };
    let export = |lines: &[String]| {
        forged(&[("activities.ndjson".to_owned(), lines.join("\n").into_bytes())])
    };
    let merged =
        |n: u8| json!([{"activity_id": id(n), "source": "x", "fields": ["title", "notes"]}]);
    let guess = |merged: Value| json!({"title": "at home", "notes": "a guess", "merged": merged});
    let lines = [
        line(1, guess(merged(8))),
        // Its record is in the same export, but is refused.
        line(2, guess(merged(9))),
        line(9, json!({"merged_into": id(2), "duration_secs": -1})),
    ];
    import(&app, &eve, "eve.zip", &export(&lines)).await;
    let hers = [
        line(7, json!({"merged": [merged(8)[0], merged(9)[0]]})),
        line(8, json!({"merged_into": id(7), "title": "at home"})),
        line(9, json!({"merged_into": id(7), "title": "at home"})),
    ];
    import(&app, &ann, "ann.zip", &export(&hers)).await;
    let log = async || app.get_as(&ann, "/activities/export").await.expect(200).text();
    let before = log().await;
    assert_eq!(before.lines().count(), 1, "{before}");
    for shown in [1, 2] {
        let path = format!("/activities/{}/unmerge", id(shown));
        let taken_apart = app.post_as(&eve, &path, &json!({})).await.expect(200).json();
        let kept = (&taken_apart["title"], &taken_apart["notes"]);
        assert_eq!(kept, (&json!("at home"), &json!("a guess")), "{taken_apart}");
    }
    assert_eq!(log().await, before);
    let eves = app.get_as(&eve, &format!("/activities/{}", id(1))).await.expect(200).json();
    assert_eq!(eves["merged"], Value::Null, "{eves}");
    // Ann can still unmerge her own activities.
    let path = format!("/activities/{}/unmerge", id(7));
    app.post_as(&ann, &path, &json!({})).await.expect(200);
    assert_eq!(log().await.lines().count(), 3);
}

/// Twenty records at most are merged into an activity, however many an export claims.
#[actix_rt::test]
async fn a_forged_account_export_puts_no_crowd_behind_an_activity() {
    let app = TestApp::spawn().await;
    let eve = app.user("eve@example.com").await;
    let id = |n: u8| format!("00000000-0000-4000-8000-0000000000{n:02}");
    let line = |n: u8| {
        json!({"id": id(n), "source": "manual", "activity_type": "run", "duration_secs": 60,
               "started_at": format!("2026-06-{n:02}T08:00:00Z")})
    };
    let mut shown = line(1);
    let crowd = (2..28).map(|n| json!({"activity_id": id(n), "source": "manual", "fields": []}));
    shown["merged"] = crowd.collect();
    let behind = (2..28).map(|n| {
        let mut line = line(n);
        line["merged_into"] = json!(id(1));
        line
    });
    let lines: Vec<_> = [shown].into_iter().chain(behind).map(|line| line.to_string()).collect();
    let files = [("activities.ndjson".to_owned(), (lines.join("\n") + "\n").into_bytes())];
    import(&app, &eve, "a.zip", &forged(&files)).await;
    let crowd = "SELECT jsonb_array_length(merged) || ' ' ||
                        (SELECT count(*) FROM activities b WHERE b.merged_into = a.id)
                 FROM activities a WHERE merged IS NOT NULL";
    assert_eq!(app.database.text(crowd).await, "20 20");
    let path = format!("/activities/{}/unmerge", id(1));
    app.request(&eve, actix_web::http::Method::POST, &path, None).await.expect(200);
    assert_eq!(
        app.database.text("SELECT count(*) FROM activities WHERE merged_into IS NULL").await,
        "27"
    );
}
