//! How original files are stored, and what happens when they cannot be.

use std::{collections::HashSet, fs, io::Read};

use actix_web::http::Method;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{MORNING, finished, folder::Folder, import, upload, zip};
use crate::support::{
    Answer, Scrape, TestApp, User, fit,
    process::{run, said},
    settings, until,
};

/// A walk with white space behind its points.
fn padded_gpx(hour: u32, padding: usize) -> Vec<u8> {
    let point = |n: u32| {
        format!(
            "<trkpt lat='47.{n:04}' lon='8'><time>2026-05-04T{hour:02}:00:{n:02}Z</time></trkpt>"
        )
    };
    let points: String = (10..30).map(point).collect();
    let padding = " ".repeat(padding);
    format!("<gpx><trk><trkseg>{points}{padding}</trkseg></trk></gpx>").into_bytes()
}

async fn original(app: &TestApp, user: &User, import: &Value, accepted: &str) -> Answer {
    let id = import["files"][0]["activity_ids"][0].as_str().unwrap();
    let authorization = format!("Bearer {}", user.token);
    let headers = [("authorization", authorization.as_str()), ("accept-encoding", accepted)];
    app.send(Method::GET, &format!("/activities/{id}/original"), &headers, None).await.expect(200)
}

#[actix_rt::test]
async fn files_are_kept_compressed_and_given_back_byte_by_byte() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let files = [padded_gpx(8, 2 << 20), padded_gpx(9, 2 << 20)];
    let archive = zip(&[("1.gpx", &files[0]), ("2.gpx", &files[1])]);
    let first = import(&app, &ann, "a.zip", &archive).await;
    assert_eq!(first["counts"]["imported"], 2, "{first}");
    let kept = app.database.text("SELECT sum(octet_length(content)) FROM originals").await;
    assert!(kept.parse::<usize>().unwrap() < 4 * archive.len(), "{kept} of {}", archive.len());
    let told = app.database.text("SELECT sum(bytes) FROM originals").await;
    assert_eq!(told, (2 * files[0].len()).to_string());

    let plain = original(&app, &ann, &first, "identity").await;
    assert!(plain.body == files[0] && plain.header("content-encoding").is_empty());
    let packed = original(&app, &ann, &first, "gzip").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == files[0]);

    // As an earlier version stored it, without compression.
    let small = fit::run(MORNING + 86_400, 30);
    let second = import(&app, &ann, "b.fit", &small).await;
    let hex: String = small.iter().map(|byte| format!("{byte:02x}")).collect();
    let before = format!(
        "UPDATE originals SET content = '\\x{hex}', is_packed = false WHERE file_name = 'b.fit'"
    );
    app.database.execute(&before).await;
    for accepted in ["identity", "gzip"] {
        assert_eq!(original(&app, &ann, &second, accepted).await.body, small);
    }
    assert_eq!(import(&app, &ann, "c.fit", &small).await["counts"]["duplicate"], 1);
}

/// A storage fault of the server is not the fault of the file: the import waits.
#[actix_rt::test]
async fn an_import_waits_while_its_files_cannot_be_kept() {
    let folder = Folder::new();
    let path = folder.path().to_owned();
    let settings = [("ORIGINALS_DIR", path.as_str()), ("IMPORT_POLL_SECS", "0.1")];
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.user("ann@example.com").await;
    let (first, second) = (fit::run(MORNING, 60), fit::run(MORNING + 7200, 60));
    // A directory occupies the path of the second file.
    let digest: String = Sha256::digest(&second).iter().map(|byte| format!("{byte:02x}")).collect();
    let in_the_way = format!("{path}/{}/{digest}.gz", ann.id);
    fs::create_dir_all(format!("{in_the_way}/occupied")).unwrap();
    let archive = zip(&[("1.fit", &first), ("2.fit", &second)]);
    let location = upload(&app, &ann, "a.zip", &archive).await.expect(202);
    let location = location.header("location").to_owned();

    let mut tries = HashSet::new();
    until("it was tried more often than files are that are at fault", async || {
        let claims = "SELECT coalesce(claimed_at::text, '') FROM imports";
        tries.insert(app.database.text(claims).await);
        tries.len() > 8
    })
    .await;
    let now = app.get_as(&ann, &location).await.expect(200).json();
    assert_eq!((&now["counts"]["imported"], &now["counts"]["refused"]), (&json!(1), &json!(0)));
    assert_ne!(app.database.text("SELECT count(*) FROM import_chunks").await, "0");
    assert!(folder.files().iter().all(|file| !file.to_str().unwrap().ends_with(".new")));
    assert!(Scrape::of(&app).await.count("sports_log_storage_faults_total") > 5.0);
    // The wait counts from the last outcome.
    let lately = "UPDATE imports SET progressed_at = now() - interval '2 hours',
                         created_at = now() - interval '9 hours'";
    app.database.execute(lately).await;
    until("the wait is seen", async || {
        let wait = "sports_log_work_wait_seconds{work=\"import\"}";
        (7000.0..8000.0).contains(&Scrape::of(&app).await.count(wait))
    })
    .await;

    fs::remove_dir_all(in_the_way).unwrap();
    let import = finished(&app, &ann, &location).await;
    assert_eq!((&import["status"], &import["counts"]["imported"]), (&json!("done"), &json!(2)));
}

#[actix_rt::test]
async fn nothing_is_uploaded_to_a_disk_that_is_nearly_full() {
    let folder = Folder::new();
    let path = folder.path().to_owned();
    let settings = [("ORIGINALS_DIR", path.as_str()), ("ORIGINALS_MIN_FREE_PERCENT", "100")];
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.user("ann@example.com").await;
    let refused = upload(&app, &ann, "a.fit", &fit::run(MORNING, 60)).await;
    assert_eq!(refused.expect_error(507, "storage_full").header("retry-after"), "3600");
    let body = json!({"data": {"workouts": []}});
    let path = "/integrations/apple/health-auto-export";
    app.post_as(&ann, path, &body).await.expect_error(507, "storage_full");
    // An activity that needs no file is accepted.
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    app.post_as(&ann, "/activities", &run).await.expect(201);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_at_once() {
    let mut variables = settings("postgres://nobody@localhost/none", 25);
    variables.push(("ORIGINALS_DIR", "/proc".to_owned()));
    for command in ["check-config", "serve"] {
        let output = run(&[command], &variables);
        assert_eq!(output.status.code(), Some(1), "{command}: {output:?}");
        assert!(said(&output).contains("/proc is not writable"), "{command}: {output:?}");
    }
}
