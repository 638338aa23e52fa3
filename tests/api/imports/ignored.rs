//! Files that are not read are named, with advice where there is any.

use serde_json::{Value, json};

use super::{MORNING, gzip, import, zip};
use crate::support::{TestApp, fit};

fn tar() -> Vec<u8> {
    let mut header = vec![0_u8; 1024];
    header[..7].copy_from_slice(b"run.gpx");
    header[257..263].copy_from_slice(b"ustar\0");
    let gpx = b"<?xml version=\"1.0\"?><gpx></gpx>";
    header[512..512 + gpx.len()].copy_from_slice(gpx);
    header
}

#[actix_rt::test]
async fn formats_that_are_not_read_are_named_with_what_to_do() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let office = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    for (name, content, word) in [
        ("a.tar", tar(), "a tar archive"),
        ("a.tar.gz", gzip(&tar()), "a tar archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "a 7z archive"),
        ("a.rar", b"Rar!\x1a\x07\x01\0".to_vec(), "a RAR archive"),
        ("a.gpx.bz2", b"BZh91AY&SY".to_vec(), "a bzip2 file"),
        ("a.gpx.xz", b"\xfd7zXZ\0\0\x04".to_vec(), "an xz file"),
        ("a.xlsx", office, "save its table as CSV"),
        ("a.fit", b"<!DOCTYPE html><html><body>Log in</body></html>".to_vec(), "a web page"),
        ("a.hrm", b"[Params]".to_vec(), "export the activity as FIT, GPX or TCX"),
    ] {
        let import = import(&app, &ann, name, &content).await;
        let file = &import["files"][0];
        assert_eq!(
            (&file["outcome"], &file["code"]),
            (&json!("refused"), &json!("unknown_format")),
            "{name}"
        );
        assert!(file["message"].as_str().unwrap().contains(word), "{name}: {file}");
    }
}

#[actix_rt::test]
async fn the_first_names_of_what_an_archive_has_besides_are_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let photos: Vec<String> = (0..120).map(|n| format!("media/{n}.jpg")).collect();
    let run = fit::run(MORNING, 60);
    let mut files: Vec<(&str, &[u8])> =
        vec![("a.fit", &run), ("empty.txt", b""), ("__MACOSX/._a.fit", b"x")];
    files.extend(photos.iter().map(|name| (name.as_str(), &b"\xff\xd8\xff"[..])));
    files.extend([("old.hrm", &b"[Params]"[..]), ("book.pdf", b"%PDF-1.7")]);
    let import = import(&app, &ann, "all.zip", &zip(&files)).await;
    assert_eq!(
        (&import["counts"]["imported"], &import["counts"]["refused"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&import["found"], &import["ignored"]), (&json!(125), &json!(123)));
    let ignored = import["ignored_files"].as_array().unwrap();
    assert_eq!(ignored.len(), 100);
    assert_eq!(ignored[0], json!({"name": "empty.txt", "message": "the file is empty"}));
    assert_eq!(ignored[1], json!({"name": "media/0.jpg", "message": null}));
    assert!(ignored[99]["message"].as_str().unwrap().contains("PDF"), "{}", ignored[99]);
    // The list of imports leaves the names out.
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    assert_eq!(
        (&list["imports"][0]["ignored_files"], &list["imports"][0]["warnings"]),
        (&Value::Null, &json!(0))
    );
}

#[actix_rt::test]
async fn an_entry_that_is_packed_in_another_way_says_so() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let run = fit::run(MORNING, 60);
    let packed_by = |method: u8| {
        let mut bytes = zip(&[("a.fit", run.as_slice())]);
        // The compression method, in the local header and in the central directory (APPNOTE.TXT,
        // 4.4.5).
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[8] = method;
        bytes[directory + 10] = method;
        bytes
    };
    for method in [12, 14, 93, 95, 98] {
        let import = import(&app, &ann, "a.zip", &packed_by(method)).await;
        let file = &import["files"][0];
        assert_eq!(file["code"], "unsupported_entry", "{method}: {file}");
        assert!(
            file["message"].as_str().unwrap().contains("create the zip again"),
            "{method}: {file}"
        );
    }
}
