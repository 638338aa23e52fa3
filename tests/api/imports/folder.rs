//! Original files that are stored in a folder instead of the database.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use actix_web::http::Method;
use flate2::read::GzDecoder;
use tempfile::TempDir;

use super::{MORNING, import};
use crate::support::{TestApp, fit, process::run, process::said, settings, until};

/// A temporary folder that is deleted after the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    pub fn files(&self) -> Vec<PathBuf> {
        fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    collect(&entry.path(), files);
                } else {
                    files.push(entry.path());
                }
            }
        }
        let mut files = Vec::new();
        collect(self.0.path(), &mut files);
        files
    }
}

#[actix_rt::test]
async fn they_are_given_back_as_they_were_and_go_when_nothing_refers_to_them() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (first, second) = (fit::run(MORNING, 300), fit::run(MORNING + 7200, 300));
    let before = import(&app, &ann, "a.fit", &first).await;
    let folder = Folder::new();
    let path = folder.path().to_owned();
    let settings = [("ORIGINALS_DIR", path.as_str())];
    let app = app.restarted(&settings).await;
    let after = import(&app, &ann, "b.fit", &second).await;
    assert_eq!(import(&app, &ann, "c.fit", &second).await["files"][0]["outcome"], "duplicate");
    let files = folder.files();
    assert_eq!(files.len(), 1);
    let mut kept = Vec::new();
    GzDecoder::new(File::open(&files[0]).unwrap()).read_to_end(&mut kept).unwrap();
    assert_eq!(kept, second);
    let in_rows =
        "SELECT string_agg((content IS NULL)::text, ' ' ORDER BY created_at) FROM originals";
    assert_eq!(app.database.text(in_rows).await, "false true");
    // Both can be downloaded, wherever they are stored.
    let path_of = |import: &serde_json::Value| {
        format!("/activities/{}", import["files"][0]["activity_ids"][0].as_str().unwrap())
    };
    for (import, run) in [(&before, &first), (&after, &second)] {
        let original = app.get_as(&ann, &format!("{}/original", path_of(import))).await.expect(200);
        assert_eq!(original.body, *run);
    }

    // A file without a row, and one whose transaction may still be open.
    let (lost, young) = (files[0].with_file_name("lost"), files[0].with_file_name("young"));
    fs::write(&lost, b"x").unwrap();
    fs::write(&young, b"x").unwrap();
    let old = |path: &Path| {
        let hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
        File::options().write(true).open(path).unwrap().set_modified(hours_ago).unwrap();
    };
    old(&lost);
    old(&files[0]);
    let app = app.restarted(&settings).await;
    until("what nothing refers to is swept away", async || !lost.exists()).await;
    assert!(young.exists() && files[0].exists());
    app.request(&ann, Method::DELETE, &path_of(&after), None).await.expect(204);
    let _app = app.restarted(&settings).await;
    until("the deleted one's file goes", async || !files[0].exists()).await;
    assert!(young.exists());
}

#[test]
fn a_folder_that_is_none_is_told_at_once() {
    let mut variables = settings("postgres://nobody@localhost/none", 25);
    variables.push(("ORIGINALS_DIR", "/nowhere/to/be/found".to_owned()));
    let output = run(&["check-config"], &variables);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("ORIGINALS_DIR"), "{output:?}");
}
