//! Zip archives: their files are imported, and attacks with them have no effect.

use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{MORNING, gzip, import, outcomes, zip};
use crate::support::{TestApp, fit};

fn outcome(name: &str, outcome: &str, code: &str) -> (String, String, String) {
    (name.to_owned(), outcome.to_owned(), code.to_owned())
}

#[actix_rt::test]
async fn one_bad_file_does_not_stop_the_others() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let runs: Vec<_> = (0..4).map(|n| fit::run(MORNING + n * 86_400, 60)).collect();
    let inner = zip(&[("deep/4.fit", &runs[3]), ("readme.txt", b"hello")]);
    let archive = zip(&[
        ("activities/1.fit", &runs[0]),
        ("activities/2.fit.gz", &gzip(&runs[1])),
        ("activities/broken.fit", &runs[2][..50]),
        ("activities/no.gpx", b"hello"),
        ("../../etc/passwd.fit", &runs[2]),
        ("again.fit", &runs[0]),
        ("media/photo.jpg", b"\xff\xd8\xff"),
        ("empty.fit", b""),
        ("__MACOSX/._1.fit", b"rubbish"),
        ("nested.zip", &inner),
    ]);
    let import = import(&app, &ann, "archive.zip", &archive).await;
    assert_eq!(import["status"], "done");
    let expected = [
        outcome("activities/1.fit", "imported", ""),
        outcome("activities/2.fit.gz", "imported", ""),
        outcome("activities/broken.fit", "refused", "truncated"),
        outcome("activities/no.gpx", "refused", "unknown_format"),
        outcome("../../etc/passwd.fit", "imported", ""),
        outcome("again.fit", "duplicate", ""),
        outcome("deep/4.fit", "imported", ""),
    ];
    assert_eq!(outcomes(&import), expected);
    let counts = json!({"imported": 4, "merged": 0, "duplicate": 1, "refused": 2, "activities": 4});
    assert_eq!(import["counts"], counts);
    assert_eq!((&import["found"], &import["ignored"]), (&json!(11), &json!(4)));
    // A name in an archive is not a path on a disk.
    let id = import["files"][4]["activity_ids"][0].as_str().unwrap();
    let original = app.get_as(&ann, &format!("/activities/{id}/original")).await.expect(200);
    assert_eq!(original.header("content-disposition"), "attachment; filename*=UTF-8''passwd.fit");
    let path = format!("/imports/{}?outcome=refused", import["id"].as_str().unwrap());
    let refused = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!(outcomes(&refused), [expected[2].clone(), expected[3].clone()]);
}

#[actix_rt::test]
async fn what_would_be_too_much_is_refused() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let run = fit::run(MORNING, 60);
    let good = zip(&[("a.fit", &run), ("b.fit", &fit::run(MORNING + 3600, 60))]);
    let many = {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..100_000 {
            writer.start_file(n.to_string(), SimpleFileOptions::default()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    // One file that unpacks to more than the limit.
    let large = zip(&[("large.gpx", &[b"<gpx>".as_slice(), &vec![b' '; 65 << 20]].concat())]);
    let encrypted = {
        let mut bytes = zip(&[("a.fit", run.as_slice())]);
        // The encryption flag, in the local header and in the central directory (APPNOTE.TXT,
        // 4.4.4).
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[6] |= 1;
        bytes[directory + 8] |= 1;
        bytes
    };
    for (name, archive, code) in [
        ("empty.zip", zip(&[]), "not_an_activity"),
        ("cut.zip", good[..40].to_vec(), "truncated"),
        ("many.zip", many, "too_large"),
        ("large.zip", large, "too_large"),
        ("encrypted.zip", encrypted, "unsupported_entry"),
        (
            "end.zip",
            b"PK\x03\x04PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0"
                .to_vec(),
            "too_large",
        ),
    ] {
        let import = import(&app, &ann, name, &archive).await;
        assert_eq!(import["status"], "done", "{name}");
        assert_eq!(import["files"][0]["code"], code, "{name}: {import}");
    }
    // Damage in the middle affects only the files that it hits.
    let mut damaged = good.clone();
    damaged[60] ^= 0xff;
    let import = import(&app, &ann, "damaged.zip", &damaged).await;
    let found: Vec<_> =
        outcomes(&import).into_iter().map(|(name, outcome, _)| (name, outcome)).collect();
    let expected = [("a.fit", "refused"), ("b.fit", "imported")];
    assert_eq!(found, expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
}

/// Eight files of 60 MB each in half a megabyte.
#[actix_rt::test]
async fn a_bomb_is_given_up_and_what_came_before_it_is_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bomb = {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("first.fit", SimpleFileOptions::default()).unwrap();
        writer.write_all(&fit::run(MORNING, 60)).unwrap();
        let spaces = [b"<gpx>".as_slice(), &vec![b' '; 60 << 20]].concat();
        for n in 0..8 {
            writer.start_file(format!("{n}.gpx"), SimpleFileOptions::default()).unwrap();
            writer.write_all(&spaces).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let import = import(&app, &ann, "bomb.zip", &bomb).await;
    assert_eq!((&import["status"], &import["code"]), (&json!("failed"), &json!("archive_bomb")));
    assert_eq!(outcomes(&import)[0], outcome("first.fit", "imported", ""));
    assert_eq!(app.database.text("SELECT count(*) FROM import_chunks").await, "0");
}

#[actix_rt::test]
async fn archives_in_archives_have_a_bottom() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut archive = zip(&[("a.fit", &fit::run(MORNING, 60))]);
    for depth in 0..5 {
        let name = format!("{depth}.zip");
        archive = zip(&[(name.as_str(), archive.as_slice())]);
    }
    let import = import(&app, &ann, "deep.zip", &archive).await;
    assert_eq!(outcomes(&import), [outcome("2.zip", "refused", "unknown_format")]);
    assert_eq!(app.database.text("SELECT count(*) FROM import_parts").await, "0");
}

/// The warning of a file, or else its message.
fn said(file: &Value) -> &str {
    file["warning"].as_str().or(file["message"].as_str()).unwrap_or_default()
}

#[actix_rt::test]
async fn what_is_whole_in_an_archive_that_is_cut_off_is_imported() {
    let app = TestApp::spawn().await;
    let runs: Vec<_> = (0..3).map(|n| fit::run(MORNING + n * 86_400, 60)).collect();
    let files = [("a.fit", &runs[0][..]), ("b.jpg", b"\xff\xd8\xff"), ("c.fit", &runs[1])];
    let whole = zip(&[&files[..], &[("last.fit", &runs[2])]].concat());
    let last = whole.windows(8).position(|window| window == b"last.fit").unwrap();
    let expected = [
        outcome("a.fit", "imported", ""),
        outcome("c.fit", "imported", ""),
        outcome("last.fit", "refused", "truncated"),
    ];
    let inner = zip(&[("inner.zip", whole.as_slice())]);
    for (name, bytes, count) in [
        ("in-a-file.zip", &whole[..last + 60], 3),
        ("in-a-header.zip", &whole[..last - 3], 2),
        ("in-one-within.zip", &inner[..inner.len() - 150], 2),
    ] {
        let user = app.user(&format!("{name}@example.com")).await;
        let import = import(&app, &user, name, bytes).await;
        assert_eq!((&import["status"], &import["progress"]), (&json!("done"), &json!(1.0)));
        assert!(outcomes(&import).starts_with(&expected[..count]), "{name}: {import}");
        let files = import["files"].as_array().unwrap();
        assert!(said(&files[0]).contains(&format!("{name} is cut off")), "{import}");
        // The warning about the archive is given once.
        let is_said = |file: &Value| said(file).contains(&format!("archive {name}"));
        assert!(!files[1..].iter().any(is_said), "{import}");
        assert_eq!(import["ignored_files"][0]["name"], "b.jpg");
    }
    // Importing the whole archive adds the rest.
    let user = app.user("ann@example.com").await;
    import(&app, &user, "a.zip", &whole[..last]).await;
    let again = import(&app, &user, "a.zip", &whole).await;
    assert_eq!(
        (&again["counts"]["duplicate"], &again["counts"]["imported"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(again["warnings"], 0);
}

#[actix_rt::test]
async fn an_account_export_that_is_cut_off_is_refused_as_a_whole() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let run = fit::run(MORNING, 60);
    let archive =
        zip(&[("activities.ndjson", b"{}\n".as_slice()), ("originals/1.fit", &run), ("x", b"")]);
    let import = import(&app, &ann, "export.zip", &archive[..archive.len() - 60]).await;
    assert_eq!(outcomes(&import), [outcome("export.zip", "refused", "truncated")]);
}
